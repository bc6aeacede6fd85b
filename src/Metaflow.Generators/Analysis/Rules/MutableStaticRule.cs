using Metaflow.Generators.Extraction;
using Metaflow.Graph;
using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis.Rules;

/// <summary>A flow keeps nothing in static members: every task has a process of its own, or shares one with others.</summary>
internal sealed class MutableStaticRule : IFlowRule
{
    public IEnumerable<Diagnostic> Check(FlowClass flow) => flow.Symbol.GetMembers()
        .Where(static member => member is
            IFieldSymbol { IsStatic: true, IsConst: false, IsReadOnly: false, IsImplicitlyDeclared: false }
            or IPropertySymbol { IsStatic: true, SetMethod: not null })
        .Select(static member => Descriptors.Report(
            RuleCodes.MutableStatic, GeneratedFiles.PlaceOf(member),
            $"'{member.Name}' is static and can change.",
            "Every task runs in its own process, so the next step does not see the value that a step sets.",
            "Make it an artifact, or 'const' or 'static readonly'."));
}
