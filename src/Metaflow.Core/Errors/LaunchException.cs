namespace Metaflow.Errors;

/// <summary>A task could not be started (MF6xxx).</summary>
/// <inheritdoc cref="MetaflowException(string, string, string, string, Exception?)" path="/param"/>
public sealed class LaunchException(string code, string what, string why, string fix, Exception? innerException = null)
    : MetaflowException(code, what, why, fix, innerException)
{
    /// <inheritdoc/>
    public override string Headline => "Launch error";
}
