namespace Metaflow.Errors;

/// <summary>An environment cannot be resolved, stored or created (MF7xxx).</summary>
/// <inheritdoc cref="MetaflowException(string, string, string, string, Exception?)" path="/param"/>
public sealed class EnvironmentException(string code, string what, string why, string fix, Exception? innerException = null)
    : MetaflowException(code, what, why, fix, innerException)
{
    /// <inheritdoc/>
    public override string Headline => "Environment error";
}
