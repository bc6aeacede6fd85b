using Microsoft.CodeAnalysis;

namespace Metaflow.Generators.Analysis;

/// <summary>One rule for the class of a flow.</summary>
internal interface IFlowRule
{
    IEnumerable<Diagnostic> Check(FlowClass flow);
}
