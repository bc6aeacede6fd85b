using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;

namespace Metaflow.Generators.Emission;

/// <summary>Writes the members that find and run steps. What this class does not know, its base may.</summary>
internal static class StepsWriter
{
    private const string Decorators = "global::System.Collections.Generic.IReadOnlyList<global::Metaflow.DecoratorAttribute>";

    public static void Write(CodeWriter code, FlowModel flow)
    {
        WriteInvoke(code, flow);
        code.Line();
        WriteNames(code, flow);
        code.Line();
        WriteDecorators(code, flow);
    }

    private static void WriteInvoke(CodeWriter code, FlowModel flow)
    {
        FlowWriter.Member(
            code,
            $"{flow.OverrideAccess} override global::System.Threading.Tasks.ValueTask<global::Metaflow.Transition?> InvokeStepAsync(string "
                + "step, global::Metaflow.StepInvocation invocation)");
        code.Open();
        code.Open("switch (step)");
        foreach (var step in flow.Steps)
        {
            if (step.Signature is { } signature)
            {
                WriteCase(code, step.Node, signature);
            }
        }

        code.Line("default: return base.InvokeStepAsync(step, invocation);");
        code.Close();
        code.Close();
    }

    private static void WriteCase(CodeWriter code, StepNode step, StepSignature signature)
    {
        var argument = signature.Argument switch
        {
            StepArgument.Item => $"invocation.Item<{signature.ArgumentType}>()",
            StepArgument.Inputs => $"invocation.Inputs<{signature.ArgumentType}>()",
            _ => "",
        };
        var call = $"this.{CSharpTypeName.Identifier(step.MethodName)}({argument})";
        code.Line(signature.Return == StepReturn.Nothing
            ? $"case {CSharpTypeName.Literal(step.Name)}: {call}; return global::Metaflow.StepInvocation.Ended;"
            : $"case {CSharpTypeName.Literal(step.Name)}: return global::Metaflow.StepInvocation.Result({call});");
    }

    private static void WriteNames(CodeWriter code, FlowModel flow)
    {
        FlowWriter.Member(code, $"{flow.OverrideAccess} override string? StepNameOf(string methodName) => methodName switch");
        code.Open();
        foreach (var step in flow.Steps.GroupBy(static step => step.Node.MethodName).Select(static overloads => overloads.First()))
        {
            code.Line($"{CSharpTypeName.Literal(step.Node.MethodName)} => {CSharpTypeName.Literal(step.Node.Name)},");
        }

        code.Line("_ => base.StepNameOf(methodName),");
        code.Close(";");
    }

    private static void WriteDecorators(CodeWriter code, FlowModel flow)
    {
        FlowWriter.Member(code, $"{flow.OverrideAccess} override {Decorators} DecoratorsOf(string? step)");
        code.Open();
        code.Open("switch (step)");
        if (flow.Decorators.Count > 0)
        {
            code.Line($"case null: return [.. base.DecoratorsOf(null), {string.Join(", ", flow.Decorators)}];");
        }

        foreach (var step in flow.Steps)
        {
            code.Line($"case {CSharpTypeName.Literal(step.Node.Name)}: return [{string.Join(", ", step.Decorators)}];");
        }

        code.Line("default: return base.DecoratorsOf(step);");
        code.Close();
        code.Close();
    }
}
