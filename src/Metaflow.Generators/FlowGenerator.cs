using Metaflow.Generators.Analysis;
using Metaflow.Generators.Analysis.Rules;
using Metaflow.Generators.Emission;
using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators;

/// <summary>Writes the other half of every flow class: its artifacts, the dispatch of its steps, and its description.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class FlowGenerator : IIncrementalGenerator
{
    /// <summary>The name of the pipeline's step, for tests of caching.</summary>
    internal const string FlowsStep = "Flows";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var flows = context.SyntaxProvider.CreateSyntaxProvider(
            static (node, _) => node is ClassDeclarationSyntax { BaseList: not null },
            static (candidate, cancellationToken) => Read(candidate, cancellationToken))
            .Where(static reading => reading is not null)
            .WithTrackingName(FlowsStep);
        context.RegisterSourceOutput(flows, static (output, reading) => Write(output, reading!));
    }

    private static void Write(SourceProductionContext output, FlowReading reading)
    {
        foreach (var problem in reading.Problems)
        {
            output.ReportDiagnostic(Descriptors.Report(problem.Code, problem.Place, problem.Message));
        }

        if (reading.Flow is { } flow)
        {
            output.AddSource(flow.HintName, FlowWriter.Write(flow));
        }
    }

    private static FlowReading? Read(GeneratorSyntaxContext candidate, CancellationToken cancellationToken)
    {
        var declaration = (ClassDeclarationSyntax)candidate.Node;
        if (candidate.SemanticModel.GetDeclaredSymbol(declaration, cancellationToken) is not INamedTypeSymbol flow
            || !MetaflowTypes.IsFlow(flow))
        {
            return null;
        }

        // A class in several parts is read once: with the first part that names a base.
        var first = flow.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellationToken))
            .OfType<ClassDeclarationSyntax>().First(static part => part.BaseList is not null);
        if (first != declaration)
        {
            return null;
        }

        var models = new SemanticModels(candidate.SemanticModel);
        var model = FlowReader.Read(models, flow, declaration, cancellationToken);
        return new FlowReading(model, HalfPropertyProblems.Of(models, flow, model, cancellationToken));
    }
}
