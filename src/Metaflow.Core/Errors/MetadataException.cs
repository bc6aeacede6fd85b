namespace Metaflow.Errors;

/// <summary>A record of a run could not be written, read or found (MF5xxx).</summary>
/// <inheritdoc cref="MetaflowException(string, string, string, string, Exception?)" path="/param"/>
public sealed class MetadataException(string code, string what, string why, string fix, Exception? innerException = null)
    : MetaflowException(code, what, why, fix, innerException)
{
    /// <summary>Gets a namespace in which the object is; <see langword="null"/> when none is known.</summary>
    internal string? NamespaceOfObject { get; init; }

    /// <inheritdoc/>
    public override string Headline => "Metadata error";
}
