using System.Globalization;
using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;

namespace Metaflow.Generators.Emission;

/// <summary>Writes <c>Describe</c>: everything that is known of the flow before it runs.</summary>
internal static class DescriptionWriter
{
    public static void Write(CodeWriter code, FlowModel flow)
    {
        FlowWriter.Member(code, $"{flow.OverrideAccess} override void Describe(global::Metaflow.Definition.FlowDefinitionBuilder builder)");
        code.Open();
        code.Line("base.Describe(builder);");
        code.Line($"builder.Flow({TypeText.Literal(flow.FlowName)}, {TypeText.Literal(flow.SourceFile)}, {TypeText.Literal(flow.Documentation)});");
        foreach (var decorator in flow.Decorators)
        {
            code.Line($"builder.Decorator({decorator});");
        }

        foreach (var step in flow.Steps)
        {
            WriteStep(code, step.Node);
        }

        foreach (var property in flow.Properties)
        {
            WriteProperty(code, property);
        }

        foreach (var constant in flow.Constants)
        {
            code.Line($"builder.Constant(new global::Metaflow.Definition.ConstantDefinition({TypeText.Literal(constant.Name)}, "
                + $"{TypeText.Literal(constant.MemberName)}, {TypeText.Literal(constant.TypeName)}, static () => {TypeText.Identifier(constant.MemberName)}));");
        }

        code.Close();
    }

    private static void WriteStep(CodeWriter code, StepNode step)
    {
        code.Open("builder.Step(new global::Metaflow.Graph.StepNode");
        code.Line($"Name = {TypeText.Literal(step.Name)},");
        code.Line($"MethodName = {TypeText.Literal(step.MethodName)},");
        code.Line($"Line = {Number(step.Line)},");
        code.Line($"SourceFile = {TypeText.Literal(step.SourceFile)},");
        Set(code, step.Documentation.Length > 0, $"Documentation = {TypeText.Literal(step.Documentation)},");
        Set(code, step.TakesInputs, "TakesInputs = true,");
        Set(code, step.ReturnsNothing, "ReturnsNothing = true,");
        Set(code, step.IsMarkedStart, "IsMarkedStart = true,");
        Set(code, step.IsMarkedEnd, "IsMarkedEnd = true,");
        Set(code, step.IsMarkedParallel, "IsMarkedParallel = true,");
        Set(code, step.ItemType is not null, $"ItemType = {TypeText.Literal(step.ItemType)},");
        Set(code, step.Transitions.Count > 0, $"Transitions = [{string.Join(", ", step.Transitions.Select(Transition))}],");
        Set(code, step.Reads.Count > 0, $"Reads = [{string.Join(", ", step.Reads.Select(Read))}],");
        Set(code, step.Writes.Count > 0, $"Writes = [{string.Join(", ", step.Writes.Select(TypeText.Literal))}],");
        Set(code, step.Removes.Count > 0, $"Removes = [{string.Join(", ", step.Removes.Select(TypeText.Literal))}],");
        code.Close($", DecoratorsOf({TypeText.Literal(step.Name)}));");
    }

    private static void Set(CodeWriter code, bool isNeeded, string text)
    {
        if (isNeeded)
        {
            code.Line(text);
        }
    }

    private static string Transition(TransitionNode transition)
        => $"new global::Metaflow.Graph.TransitionNode([{string.Join(", ", transition.Targets.Select(TypeText.Literal))}], {TypeText.Literal(transition.ForeachArtifact)}, "
            + $"{(transition.IsParallel ? "true" : "false")}, {Number(transition.ParallelCount)}, {Number(transition.Line)})";

    private static string Read(KeyValuePair<string, int> read)
        => $"new global::System.Collections.Generic.KeyValuePair<string, int>({TypeText.Literal(read.Key)}, {Number(read.Value)})";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static void WriteProperty(CodeWriter code, PropertyModel property)
    {
        if (property is { Role: PropertyRole.Config, Parameter: { } config })
        {
            WriteConfig(code, property, config);
        }
        else if (property.Parameter is { } parameter)
        {
            WriteParameter(code, property, parameter);
        }
        else
        {
            code.Line($"builder.Artifact(new global::Metaflow.Definition.ArtifactDefinition({TypeText.Literal(property.DiskName)}, "
                + $"{TypeText.Literal(property.Name)}, {TypeText.Literal(property.TypeName)}));");
        }
    }

    private static void WriteConfig(CodeWriter code, PropertyModel property, ParameterModel config)
    {
        code.Open("builder.Config(new global::Metaflow.Definition.ConfigDefinition");
        WriteInput(code, property, config);
        Set(code, config.Default is not null, $"DefaultValue = {config.Default},");
        Set(code, config.Detail is not null, $"DefaultFile = {TypeText.Literal(config.Detail)},");
        code.Close(");");
    }

    /// <summary>Writes what configurations and parameters have in common.</summary>
    private static void WriteInput(CodeWriter code, PropertyModel property, ParameterModel input)
    {
        code.Line($"Name = {TypeText.Literal(property.DiskName)},");
        code.Line($"MemberName = {TypeText.Literal(property.Name)},");
        code.Line($"ValueType = typeof({property.TypeOf}),");
        code.Line($"TypeName = {TypeText.Literal(property.TypeName)},");
        Set(code, input.Help.Length > 0, $"Help = {TypeText.Literal(input.Help)},");
        Set(code, input.Required, "IsRequired = true,");
    }

    private static void WriteParameter(CodeWriter code, PropertyModel property, ParameterModel parameter)
    {
        code.Open("builder.Parameter(new global::Metaflow.Definition.ParameterDefinition");
        WriteInput(code, property, parameter);
        Set(code, parameter.Default is not null || parameter.DefaultFrom is not null, "HasDefault = true,");
        Set(code, parameter.Default is not null, $"Default = {parameter.Default},");
        Set(code, parameter.DefaultFrom is not null, $"ComputeDefault = () => {parameter.DefaultFrom}(),");
        if (property.Role == PropertyRole.IncludeFile)
        {
            var isText = property.TypeOf == "string" ? "true" : "false";
            code.Line($"IncludeFile = new global::Metaflow.Definition.IncludeFileDefinition({isText}, {TypeText.Literal(parameter.Detail)}),");
        }
        else
        {
            Set(code, parameter.Detail is not null, $"Separator = {TypeText.Literal(parameter.Detail)},");
        }

        code.Close(");");
    }
}
