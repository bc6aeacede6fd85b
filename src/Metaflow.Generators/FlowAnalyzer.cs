using System.Collections.Immutable;
using Metaflow.Generators.Analysis;
using Metaflow.Generators.Analysis.Rules;
using Metaflow.Generators.Extraction;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Metaflow.Generators;

/// <summary>Reports what is wrong with flows as they are typed: the rules of the graph, and those that need the source.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FlowAnalyzer : DiagnosticAnalyzer
{
    private static readonly IFlowRule[] Rules =
    [
        new PartialClassRule(),
        new ConstructorRule(),
        new UniqueNamesRule(),
        new ReservedNamesRule(),
        new NameCharactersRule(),
        new HidingRule(),
        new StepSignatureRule(),
        new NextPlaceRule(),
        new DroppedTransitionRule(),
        new NextTargetRule(),
        new ItemTypeRule(),
        new GangSizeRule(),
        new MaxParallelRule(),
        new ArtifactTypeRule(),
        new AccessorsRule(),
        new PartialPropertyRule(),
        new ServiceRule(),
        new ParameterRule(),
        new IncludeFileEncodingRule(),
        new ParameterDefaultRule(),
        new CatchRule(),
        new DecoratorRule(),
        new RetryNameRule(),
        new PackageReferenceRule(),
        new MutableStaticRule(),
        new LostStateRule(),
        new WholeGraphRule(),
        new MergeRule(),
    ];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Descriptors.All;

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
        context.RegisterCompilationAction(static end =>
        {
            foreach (var problem in PluginRule.Check(end.Compilation.Assembly))
            {
                end.ReportDiagnostic(problem);
            }
        });
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        foreach (var problem in FormerNameRule.Check(type, context.CancellationToken))
        {
            context.ReportDiagnostic(problem);
        }

        if (type.TypeKind != TypeKind.Class || !MetaflowTypes.IsFlow(type))
        {
            return;
        }

        var flow = new FlowClass(new SemanticModels(context.Compilation), type, context.CancellationToken);
        foreach (var problem in Rules.SelectMany(rule => rule.Check(flow)))
        {
            context.ReportDiagnostic(problem);
        }
    }
}
