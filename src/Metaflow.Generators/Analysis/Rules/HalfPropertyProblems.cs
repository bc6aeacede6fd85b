using Metaflow.Generators.Extraction;
using Metaflow.Generators.Model;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Says why partial properties of a flow get no other half, or none that fits, and which steps are asynchronous without a
/// task.</summary>
/// <remarks>A build stops at such a member before it asks any analyzer, so that its author would read of the language's rules and never
/// of Metaflow. Editors ask both.</remarks>
internal static class HalfPropertyProblems
{
    private static readonly IFlowRule[] Rules =
        [
            new PartialClassRule(), new PartialPropertyRule(), new ServiceRule(), new ArtifactTypeRule(), new AccessorsRule(),
            new MutableStaticRule(),
        ];

    public static EquatableList<ProblemModel> Of(
        SemanticModels models, INamedTypeSymbol flow, FlowModel? model, CancellationToken cancellationToken)
    {
        var written = new HashSet<string>(model is null ? [] : model.Properties.Select(static property => property.Name)
            .Concat(model.Services.Select(static service => service.Name)));
        List<IFlowRule> rules = [];
        if (flow.GetMembers().OfType<IPropertySymbol>().Any(property => StopsTheBuild(property, written)))
        {
            rules.AddRange(Rules);
        }

        if (FlowMembers.StepsOf(flow).Any(StepSignatures.IsAsyncWithoutTask))
        {
            rules.Add(new StepSignatureRule());
        }

        if (rules.Count == 0)
        {
            return [];
        }

        var whole = new FlowClass(models, flow, cancellationToken);
        return new EquatableList<ProblemModel>(rules.SelectMany(rule => rule.Check(whole)).Select(ProblemModel.Of));
    }

    private static bool StopsTheBuild(IPropertySymbol property, HashSet<string> written)
        => FlowMembers.DeclarationOf(property)?.Modifiers.Any(SyntaxKind.PartialKeyword) == true
            && property is { PartialDefinitionPart: null, PartialImplementationPart: null }
            && (!written.Contains(property.Name) || FlowMembers.HasInitializer(property));
}
