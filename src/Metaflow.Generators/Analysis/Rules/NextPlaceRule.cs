using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>Transitions are written where they are read: in the step's own body.</summary>
internal sealed class NextPlaceRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow)
    {
        var inSteps = new HashSet<SyntaxNode>(flow.OwnSteps.SelectMany(static step => step.Calls).Select(static call => call.Syntax));
        foreach (var declaration in flow.Declarations)
        {
            foreach (var call in flow.ReaderOf(declaration).OtherCallsIn(declaration, inSteps).Where(call => Owner(call) == declaration))
            {
                yield return Descriptors.Report(
                    RuleCodes.NextOutsideStep, call.GetLocation(),
                    "Next is called outside of a step's own body.",
                    "Metaflow reads the graph from the steps. It does not see a transition in a helper method, a lambda or a local "
                        + "function.",
                    "Return the value that the step needs to decide, and write 'return Next(…);' in the step.");
            }
        }
    }

    private static TypeDeclarationSyntax? Owner(SyntaxNode node) => node.FirstAncestorOrSelf<TypeDeclarationSyntax>();
}
