namespace Metaflow.Python.Conda.Archives;

/// <summary>The formats of conda packages.</summary>
internal enum CondaFormat
{
    /// <summary><c>.conda</c>: a zip with two tars that are compressed with zstd.</summary>
    Conda,

    /// <summary><c>.tar.bz2</c>: one tar that is compressed with bzip2.</summary>
    TarBzip2,
}

/// <summary>The name of a conda package's file.</summary>
/// <param name="Stem">Name, version and build, such as <c>hello-0.1-0</c>.</param>
/// <param name="Format">The format that the extension says.</param>
internal readonly record struct CondaFileName(string Stem, CondaFormat Format)
{
    /// <summary>The extension of <see cref="CondaFormat.Conda"/>.</summary>
    public const string CondaExtension = ".conda";

    /// <summary>The extension of <see cref="CondaFormat.TarBzip2"/>.</summary>
    public const string TarBzip2Extension = ".tar.bz2";

    /// <summary>Gets the extension.</summary>
    public string Extension => Format == CondaFormat.Conda ? CondaExtension : TarBzip2Extension;

    /// <summary>Takes a name apart.</summary>
    /// <param name="fileName">The name without its folder.</param>
    /// <returns>Its parts; <see langword="null"/> when it is not that of a conda package.</returns>
    public static CondaFileName? TryParse(string fileName)
    {
        var (extension, format) = fileName.EndsWith(CondaExtension, StringComparison.Ordinal)
            ? (CondaExtension, CondaFormat.Conda) : (TarBzip2Extension, CondaFormat.TarBzip2);
        return fileName.Length > extension.Length && fileName.EndsWith(extension, StringComparison.Ordinal)
            && fileName[0] != '.' && fileName.AsSpan().IndexOfAny('/', '\\', '\0') < 0
            ? new CondaFileName(fileName[..^extension.Length], format) : null;
    }

    /// <summary>Takes a name apart.</summary>
    /// <param name="fileName">The name without its folder.</param>
    /// <returns>Its parts.</returns>
    /// <exception cref="Errors.EnvironmentException">MF7060: it is not that of a conda package.</exception>
    public static CondaFileName Parse(string fileName) => TryParse(fileName) ?? throw ArchiveErrors.Unreadable(
        fileName, $"The name of a conda package ends with '{CondaExtension}' or '{TarBzip2Extension}'.");
}
