namespace Metaflow.Errors;

/// <summary>The flow's definition is wrong (MF1xxx): the author's to fix, before any run.</summary>
/// <inheritdoc cref="MetaflowException(string, string, string, string, Exception?)" path="/param"/>
public sealed class FlowDefinitionException(string code, string what, string why, string fix, Exception? innerException = null)
    : MetaflowException(code, what, why, fix, innerException)
{
    /// <inheritdoc/>
    public override string Headline => "Validity checker found an issue";
}
