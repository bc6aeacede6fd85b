namespace Metaflow.Errors;

/// <summary>A setting, an option or a parameter is wrong (MF2xxx).</summary>
/// <inheritdoc cref="MetaflowException(string, string, string, string, Exception?)" path="/param"/>
public sealed class ConfigurationException(string code, string what, string why, string fix, Exception? innerException = null)
    : MetaflowException(code, what, why, fix, innerException)
{
    /// <inheritdoc/>
    public override string Headline => "Configuration error";
}
