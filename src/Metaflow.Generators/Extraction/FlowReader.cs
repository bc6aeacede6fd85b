using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Extraction;

/// <summary>Reads a flow's class into the model that its other half is written from.</summary>
internal static class FlowReader
{
    /// <summary>Returns the model, or <see langword="null"/> when nothing can be added to the class: the analyzer says why.</summary>
    public static FlowModel? Read(
        SemanticModels models, INamedTypeSymbol flow, ClassDeclarationSyntax declaration, CancellationToken cancellationToken)
    {
        if (!FlowDeclarations.CanBeExtended(flow))
        {
            return null;
        }

        return new FlowModel
        {
            HintName = HintNameOf(flow),
            Namespace = flow.ContainingNamespace.IsGlobalNamespace ? "" : flow.ContainingNamespace.ToDisplayString(),
            Declarations = new EquatableList<string>(FlowDeclarations.Around(flow)),
            FlowName = FlowNameOf(flow),
            SourceFile = declaration.SyntaxTree.FilePath,
            Documentation = DocumentationText.SummaryOf(flow),
            OverrideAccess = OverrideAccessOf(flow),
            Properties = new EquatableList<PropertyModel>(FlowMembers.PropertiesOf(flow).Where(FlowMembers.CanBeImplemented)
                .Select(PropertyReader.Read)),
            Services = new EquatableList<ServiceModel>(FlowMembers.ServicesOf(flow).Select(PropertyReader.ReadService)
                .OfType<ServiceModel>()),
            Steps = new EquatableList<StepModel>(new StepReader(models, flow, cancellationToken).StepsOf(flow)
                .Select(static step => step.Model).GroupBy(static step => step.Node.Name).Select(static same => same.First())),
            Constants = new EquatableList<ConstantModel>(FlowMembers.ConstantsOf(flow).Select(static field =>
                new ConstantModel(FlowMembers.DiskNameOf(field), field.Name, CSharpTypeName.AsWritten(field.Type)))),
            Decorators = DecoratorTexts.Of(flow, flow),
        };
    }

    public static string FlowNameOf(INamedTypeSymbol flow)
        => MetaflowTypes.Text(MetaflowTypes.AttributeOf(flow, "FlowAttribute"), "Name") ?? flow.Name;

    /// <summary>Returns the file's name. Keywords as names have an '@' that no file's name may have.</summary>
    private static string HintNameOf(INamedTypeSymbol flow)
        => flow.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat).Replace('<', '{').Replace('>', '}').Replace(" ", "").Replace(
            "@", "")
            + string.Concat(FlowDeclarations.SelfAndContainers(flow).Select(MarkOf)) + ".Metaflow.g.cs";

    /// <summary>Tells apart the files of types whose names differ in case alone: the compiler compares files' names without it.</summary>
    private static string MarkOf(INamedTypeSymbol type)
    {
        var before = ((INamespaceOrTypeSymbol)type.ContainingSymbol).GetTypeMembers()
            .Count(other => string.Equals(other.Name, type.Name, StringComparison.OrdinalIgnoreCase)
                && string.CompareOrdinal(other.Name, type.Name) < 0);
        return before == 0 ? "" : $"-{before}";
    }

    /// <summary>An assembly that sees Metaflow's internals overrides <c>protected internal</c> as such; any other as
    /// <c>protected</c>.</summary>
    private static string OverrideAccessOf(INamedTypeSymbol flow)
    {
        var metaflow = MetaflowTypes.FlowSpecOf(flow)!.ContainingAssembly;
        return MetaflowTypes.ChainOf(flow).All(type => metaflow.GivesAccessTo(type.ContainingAssembly))
            ? "protected internal"
            : "protected";
    }
}
