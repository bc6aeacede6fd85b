using Metaflow.Generators.Extraction;
using Metaflow.Graph.Rules;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>The exceptions that <c>[Retry]</c> names are classes of the program or of what it references.</summary>
internal sealed class RetryNameRule : IFlowRule
{
    private static readonly string[] Arguments = ["On", "NotOn"];

    public IEnumerable<Diagnostic> Check(FlowClass flow) =>
        from symbol in FlowMembers.StepsOf(flow.Symbol).Prepend<ISymbol>(flow.Symbol)
        from attribute in symbol.GetAttributes()
        let values = new DecoratorValues(attribute)
        where values.Kind == "RetryAttribute" && !values.HasErrors
        from argument in Arguments
        from mistake in DecoratorRules.CheckRetryNamesKnown(
            $"'{symbol.Name}'", argument, values.Texts(argument), name => IsKnown(flow.Compilation, name),
            () => ExceptionsOf(flow.Compilation))
        select Descriptors.Report(mistake.Code, Places.OfArgument(attribute, mistake.Argument), mistake.What, mistake.Why, mistake.Fix);

    /// <summary>The lists of names that assemblies have are looked at, so that no type is read for a name that is right.</summary>
    private static bool IsKnown(Compilation compilation, string name)
    {
        var simple = DecoratorRules.SimpleName(name);
        return AssembliesOf(compilation).Where(assembly => assembly.TypeNames.Contains(simple))
            .Any(assembly => simple == name || !name.Contains('.') || assembly.GetTypeByMetadataName(name) is not null);
    }

    private static IEnumerable<string> ExceptionsOf(Compilation compilation)
        => AssembliesOf(compilation).SelectMany(static assembly => assembly.TypeNames)
            .Where(static name => name.EndsWith("Exception", StringComparison.Ordinal)).Distinct();

    private static IEnumerable<IAssemblySymbol> AssembliesOf(Compilation compilation)
        => compilation.SourceModule.ReferencedAssemblySymbols.Prepend(compilation.Assembly);
}
