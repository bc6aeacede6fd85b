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
        code.Line(
            $"builder.Flow({CSharpTypeName.Literal(flow.FlowName)}, {CSharpTypeName.Literal(flow.SourceFile)}, "
                + $"{CSharpTypeName.Literal(flow.Documentation)});");
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
            code.Line($"builder.Constant(new global::Metaflow.Definition.ConstantDefinition({CSharpTypeName.Literal(constant.Name)}, "
                + $"{CSharpTypeName.Literal(constant.MemberName)}, {CSharpTypeName.Literal(constant.TypeName)}, static () => "
                + $"{CSharpTypeName.Identifier(constant.MemberName)}));");
        }

        code.Close();
    }

    private static void WriteStep(CodeWriter code, StepNode step)
    {
        code.Open("builder.Step(new global::Metaflow.Graph.StepNode");
        code.Line($"Name = {CSharpTypeName.Literal(step.Name)},");
        code.Line($"MethodName = {CSharpTypeName.Literal(step.MethodName)},");
        code.Line($"Line = {Number(step.Line)},");
        code.Line($"SourceFile = {CSharpTypeName.Literal(step.SourceFile)},");
        Set(code, step.Documentation.Length > 0, $"Documentation = {CSharpTypeName.Literal(step.Documentation)},");
        Set(code, step.TakesInputs, "TakesInputs = true,");
        Set(code, step.ReturnsNothing, "ReturnsNothing = true,");
        Set(code, step.IsMarkedStart, "IsMarkedStart = true,");
        Set(code, step.IsMarkedEnd, "IsMarkedEnd = true,");
        Set(code, step.IsMarkedParallel, "IsMarkedParallel = true,");
        Set(code, step.ItemType is not null, $"ItemType = {CSharpTypeName.Literal(step.ItemType)},");
        Set(code, step.Transitions.Count > 0, $"Transitions = [{string.Join(", ", step.Transitions.Select(Transition))}],");
        Set(code, step.Reads.Count > 0, $"Reads = [{string.Join(", ", step.Reads.Select(Read))}],");
        Set(code, step.Writes.Count > 0, $"Writes = [{string.Join(", ", step.Writes.Select(CSharpTypeName.Literal))}],");
        Set(code, step.Removes.Count > 0, $"Removes = [{string.Join(", ", step.Removes.Select(CSharpTypeName.Literal))}],");
        code.Close($", DecoratorsOf({CSharpTypeName.Literal(step.Name)}));");
    }

    private static void Set(CodeWriter code, bool isNeeded, string text)
    {
        if (isNeeded)
        {
            code.Line(text);
        }
    }

    private static string Transition(TransitionNode transition)
        => $"new global::Metaflow.Graph.TransitionNode([{string.Join(", ", transition.Targets.Select(CSharpTypeName.Literal))}], "
        + $"{CSharpTypeName.Literal(transition.ForeachArtifact)}, "
            + $"{(transition.IsParallel ? "true" : "false")}, {Number(transition.ParallelCount)}, {Number(transition.Line)})";

    private static string Read(KeyValuePair<string, int> read)
        => $"new global::System.Collections.Generic.KeyValuePair<string, int>({CSharpTypeName.Literal(read.Key)}, {Number(read.Value)})";

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
            code.Line($"builder.Artifact(new global::Metaflow.Definition.ArtifactDefinition({CSharpTypeName.Literal(property.DiskName)}, "
                + $"{CSharpTypeName.Literal(property.Name)}, {CSharpTypeName.Literal(property.TypeName)}));");
        }
    }

    private static void WriteConfig(CodeWriter code, PropertyModel property, ParameterModel config)
    {
        code.Open("builder.Config(new global::Metaflow.Definition.ConfigDefinition");
        WriteInput(code, property, config);
        Set(code, config.Default is not null, $"DefaultValue = {config.Default},");
        Set(code, config.Detail is not null, $"DefaultFile = {CSharpTypeName.Literal(config.Detail)},");
        code.Close(");");
    }

    /// <summary>Writes what configurations and parameters have in common.</summary>
    private static void WriteInput(CodeWriter code, PropertyModel property, ParameterModel input)
    {
        code.Line($"Name = {CSharpTypeName.Literal(property.DiskName)},");
        code.Line($"MemberName = {CSharpTypeName.Literal(property.Name)},");
        code.Line($"ValueType = typeof({property.TypeOf}),");
        code.Line($"TypeName = {CSharpTypeName.Literal(property.TypeName)},");
        Set(code, input.Help.Length > 0, $"Help = {CSharpTypeName.Literal(input.Help)},");
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
            code.Line(
                $"IncludeFile = new global::Metaflow.Definition.IncludeFileDefinition({isText}, "
                    + $"{CSharpTypeName.Literal(parameter.Detail)}),");
        }
        else
        {
            Set(code, parameter.Detail is not null, $"Separator = {CSharpTypeName.Literal(parameter.Detail)},");
        }

        code.Close(");");
    }
}
