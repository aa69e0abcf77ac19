package dev.capstan.pipeline.evidence;

import dev.capstan.recipe.WorkListener;
import java.util.ArrayList;
import java.util.List;

/** Passes on all it hears, and keeps how losses went. */
public final class CourseRecorder implements WorkListener {
  private static final int MOST_POINTS = 200;

  /** The last ones: earlier ones were tries. */
  private static final int MOST_COURSES = 4;

  private final WorkListener listener;
  private final List<Course> courses = new ArrayList<>();
  private String work = "";
  private long steps;
  private long each = 1;
  private final List<Course.Point> points = new ArrayList<>();
  private double sum;
  private long summed;

  /** Listens beside another one. */
  public CourseRecorder(WorkListener listener) {
    this.listener = listener;
  }

  /** What was heard so far. */
  public List<Course> courses() {
    return List.copyOf(courses);
  }

  @Override
  public void begin(String what, long announced) {
    work = what;
    steps = announced;
    each = 1;
    points.clear();
    sum = 0;
    summed = 0;
    listener.begin(what, announced);
  }

  @Override
  public void advance(long done, List<Figure> figures) {
    for (Figure figure : figures) {
      if (figure.name().equals("loss") && Double.isFinite(figure.value())) {
        add(done, figure.value());
      }
    }
    listener.advance(done, figures);
  }

  private void add(long done, double loss) {
    sum += loss;
    if (++summed < each) {
      return;
    }
    points.add(new Course.Point(done, sum / summed));
    sum = 0;
    summed = 0;
    if (points.size() == MOST_POINTS) {
      thin();
    }
  }

  /** Of two points one, their mean: of a run of any length a bounded number is kept. */
  private void thin() {
    List<Course.Point> half = new ArrayList<>();
    for (int i = 1; i < points.size(); i += 2) {
      Course.Point later = points.get(i);
      double mean = (points.get(i - 1).loss() + later.loss()) / 2;
      half.add(new Course.Point(later.step(), mean));
    }
    points.clear();
    points.addAll(half);
    each *= 2;
  }

  @Override
  public void end() {
    if (points.size() > 1) {
      courses.add(new Course(work, steps, points.stream().map(CourseRecorder::rounded).toList()));
      if (courses.size() > MOST_COURSES) {
        courses.remove(0);
      }
      points.clear();
    }
    listener.end();
  }

  private static Course.Point rounded(Course.Point point) {
    return new Course.Point(point.step(), Evidence.rounded(point.loss()));
  }

  @Override
  public void note(String line) {
    listener.note(line);
  }
}
