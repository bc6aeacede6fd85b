namespace Metaflow.Errors;

/// <summary>Data could not be written or read (MF4xxx).</summary>
/// <inheritdoc cref="MetaflowException(string, string, string, string, Exception?)" path="/param"/>
public sealed class StorageException(string code, string what, string why, string fix, Exception? innerException = null)
    : MetaflowException(code, what, why, fix, innerException)
{
    /// <inheritdoc/>
    public override string Headline => "Datastore error";
}
