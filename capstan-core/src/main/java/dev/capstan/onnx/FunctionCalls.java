package dev.capstan.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.capstan.error.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts the bodies of a model's own functions in place of the nodes that call them. */
final class FunctionCalls {
  /** Functions cannot call themselves; a file that says so would never end. */
  private static final int MAX_DEPTH = 32;

  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final ReadBudget budget;
  private int calls;

  /** The functions of a model. */
  FunctionCalls(ModelProto model, ReadBudget budget) {
    this.budget = budget;
    long opset = ModelMetadata.read(model).opset();
    for (FunctionProto function : model.getFunctionsList()) {
      if (canBeInlined(function, opset)) {
        add(function);
      }
    }
  }

  private void add(FunctionProto function) {
    if (functions.put(key(function.getDomain(), function.getName()), function) != null) {
      throw new InvalidInputException("two functions are named '%s'".formatted(function.getName()));
    }
  }

  /** Others stay as they are, operators that are not known. */
  private static boolean canBeInlined(FunctionProto function, long opset) {
    return function.getOpsetImportList().stream()
        .filter(imported -> NodeParser.isStandard(imported.getDomain()))
        .allMatch(imported -> imported.getVersion() == opset);
  }

  private static String key(String domain, String name) {
    return domain + ":" + name;
  }

  /** The same nodes, none of which calls a function; those in subgraphs still may. */
  List<NodeProto> inlined(List<NodeProto> nodes) {
    List<NodeProto> all = new ArrayList<>();
    nodes.forEach(node -> add(node, 0, all));
    return all;
  }

  private void add(NodeProto node, int depth, List<NodeProto> all) {
    budget.nodes(Subgraphs.count(node));
    budget.ends(node.getInputCount() + node.getOutputCount());
    FunctionProto function = functions.get(key(node.getDomain(), node.getOpType()));
    if (function == null) {
      all.add(node);
    } else if (depth == MAX_DEPTH) {
      throw new InvalidInputException(
          "function '%s' calls itself, or stands over %d calls deep"
              .formatted(function.getName(), MAX_DEPTH));
    } else {
      expand(function, node, depth, all);
    }
  }

  private void expand(FunctionProto function, NodeProto call, int depth, List<NodeProto> all) {
    String prefix = (call.getName().isEmpty() ? call.getOpType() : call.getName()) + "/";
    String values = "function" + calls++ + "/" + prefix;
    budget.names(characters(function, call, values.length()));
    Map<String, String> names = new HashMap<>();
    bind(names, function.getInputList(), call.getInputList());
    bind(names, function.getOutputList(), call.getOutputList());
    Map<String, AttributeProto> attributes = new HashMap<>();
    function.getAttributeProtoList().forEach(a -> attributes.put(a.getName(), a));
    call.getAttributeList().forEach(a -> attributes.put(a.getName(), a));
    RenamedNodes copies =
        new RenamedNodes(inner -> names.computeIfAbsent(inner, name -> values + name), attributes);
    for (NodeProto node : function.getNodeList()) {
      NodeProto copy = copies.copy(node).toBuilder().setName(prefix + node.getName()).build();
      add(copy, depth + 1, all);
    }
  }

  /** Characters that the names of a function's nodes and values may get, and what is bound. */
  private static long characters(FunctionProto function, NodeProto call, int prefix) {
    long names = Subgraphs.names(function.getNodeList()).size();
    return names * prefix
        + function.getInputCount()
        + function.getOutputCount()
        + function.getAttributeProtoCount()
        + call.getAttributeCount();
  }

  /** What a call leaves out is empty. */
  private static void bind(Map<String, String> names, List<String> inner, List<String> outer) {
    for (int i = 0; i < inner.size(); i++) {
      names.put(inner.get(i), i < outer.size() ? outer.get(i) : "");
    }
  }
}
