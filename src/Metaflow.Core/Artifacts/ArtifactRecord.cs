namespace Metaflow.Artifacts;

/// <summary>The facts about a stored artifact that are known without loading it.</summary>
/// <param name="Name">The name on disk.</param>
/// <param name="Key">The key of its blob: 40 hexadecimal digits of the SHA-1 of the uncompressed bytes.</param>
/// <param name="Size">The length of the uncompressed bytes (of the file, for an included one); 0 when not recorded.</param>
/// <param name="TypeName">The type as Python prints it; <see langword="null"/> if not recorded.</param>
/// <param name="Encoding">How the bytes are read. Absent on disk means <c>gzip+pickle-v2</c>.</param>
public sealed record ArtifactRecord(string Name, string Key, long Size, string? TypeName, string Encoding)
{
    /// <summary>Gets a value indicating whether the artifact belongs to the framework: its name begins with <c>_</c>.</summary>
    public bool IsPrivate => Name.StartsWith('_');
}
