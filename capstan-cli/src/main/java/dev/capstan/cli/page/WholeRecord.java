package dev.capstan.cli.page;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether what was read from a file has all parts that it must have. */
final class WholeRecord {
  private WholeRecord() {}

  /**
   * Fails where a part is missing that is not marked as one that may be.
   *
   * @param record what was read
   * @param name of it in the file
   * @throws IllegalArgumentException naming the part
   */
  static void check(Record record, String name) {
    for (RecordComponent part : record.getClass().getRecordComponents()) {
      check(value(record, part), part.getAnnotatedType(), name + "." + part.getName());
    }
  }

  private static void check(@Nullable Object value, AnnotatedType type, String name) {
    if (value instanceof Record record) {
      check(record, name);
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, each) -> check(each, argument(type, 1), name + "." + key));
    } else if (value instanceof Collection<?> all) {
      all.forEach(each -> check(each, argument(type, 0), name));
    } else if (value == null && !type.isAnnotationPresent(Nullable.class)) {
      throw new IllegalArgumentException(name + " is missing");
    }
  }

  private static AnnotatedType argument(AnnotatedType type, int number) {
    return ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[number];
  }

  private static @Nullable Object value(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component.getName() + " of a record cannot be read", e);
    }
  }
}
