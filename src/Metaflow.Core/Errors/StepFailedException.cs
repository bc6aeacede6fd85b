namespace Metaflow.Errors;

/// <summary>A step of the author failed (MF3xxx).</summary>
/// <inheritdoc cref="MetaflowException(string, string, string, string, Exception?)" path="/param"/>
public sealed class StepFailedException(string code, string what, string why, string fix, Exception? innerException = null)
    : MetaflowException(code, what, why, fix, innerException)
{
    /// <inheritdoc/>
    public override string Headline => "Step failure";
}
