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
  private final List<NodeProto> nodes = new ArrayList<>();
  private final ReadBudget budget;
  private int calls;

  private FunctionCalls(ModelProto model, ReadBudget budget) {
    this.budget = budget;
    long opset = ModelMetadata.read(model).opset();
    for (FunctionProto function : model.getFunctionsList()) {
      if (canBeInlined(function, opset)) {
        functions.put(key(function.getDomain(), function.getName()), function);
      }
    }
  }

  /** Others stay as they are, operators that are not known. */
  private static boolean canBeInlined(FunctionProto function, long opset) {
    boolean sameOpset =
        function.getOpsetImportList().stream()
            .filter(imported -> NodeParser.isStandard(imported.getDomain()))
            .allMatch(imported -> imported.getVersion() == opset);
    boolean flat =
        function.getNodeList().stream()
            .flatMap(node -> node.getAttributeList().stream())
            .noneMatch(attribute -> attribute.hasG() || attribute.getGraphsCount() > 0);
    return sameOpset && flat;
  }

  private static String key(String domain, String name) {
    return domain + ":" + name;
  }

  /** The nodes of the model's graph, none of which calls a function. */
  static List<NodeProto> inlined(ModelProto model, ReadBudget budget) {
    if (model.getFunctionsCount() == 0) {
      budget.nodes(model.getGraph().getNodeCount());
      return model.getGraph().getNodeList();
    }
    FunctionCalls inlining = new FunctionCalls(model, budget);
    model.getGraph().getNodeList().forEach(node -> inlining.add(node, 0));
    return inlining.nodes;
  }

  private void add(NodeProto node, int depth) {
    budget.nodes(1);
    FunctionProto function = functions.get(key(node.getDomain(), node.getOpType()));
    if (function == null) {
      nodes.add(node);
    } else if (depth == MAX_DEPTH) {
      throw new InvalidInputException("function " + function.getName() + " calls itself");
    } else {
      expand(function, node, depth);
    }
  }

  private void expand(FunctionProto function, NodeProto call, int depth) {
    String prefix = (call.getName().isEmpty() ? call.getOpType() : call.getName()) + "/";
    String values = "function" + calls++ + "/" + prefix;
    budget.names(characters(function, call, values.length()));
    Map<String, String> names = new HashMap<>();
    bind(names, function.getInputList(), call.getInputList());
    bind(names, function.getOutputList(), call.getOutputList());
    Map<String, AttributeProto> attributes = new HashMap<>();
    function.getAttributeProtoList().forEach(a -> attributes.put(a.getName(), a));
    call.getAttributeList().forEach(a -> attributes.put(a.getName(), a));
    for (NodeProto node : function.getNodeList()) {
      NodeProto.Builder copy = node.toBuilder().setName(prefix + node.getName());
      for (int i = 0; i < node.getInputCount(); i++) {
        copy.setInput(i, name(names, values, node.getInput(i)));
      }
      for (int i = 0; i < node.getOutputCount(); i++) {
        copy.setOutput(i, name(names, values, node.getOutput(i)));
      }
      copy.clearAttribute();
      node.getAttributeList().forEach(attribute -> add(copy, attribute, attributes));
      add(copy.build(), depth + 1);
    }
  }

  /** Characters that the names of a function's nodes and values may get, and what is bound. */
  private static long characters(FunctionProto function, NodeProto call, int prefix) {
    long names = function.getNodeCount();
    for (NodeProto node : function.getNodeList()) {
      names += node.getInputCount() + node.getOutputCount();
    }
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

  private static String name(Map<String, String> names, String prefix, String inner) {
    return inner.isEmpty() ? "" : names.computeIfAbsent(inner, name -> prefix + name);
  }

  /** An attribute may refer to one of the call; where that has none, it has none either. */
  private static void add(
      NodeProto.Builder node, AttributeProto attribute, Map<String, AttributeProto> given) {
    if (attribute.getRefAttrName().isEmpty()) {
      node.addAttribute(attribute);
      return;
    }
    AttributeProto value = given.get(attribute.getRefAttrName());
    if (value != null) {
      node.addAttribute(value.toBuilder().setName(attribute.getName()));
    }
  }
}
