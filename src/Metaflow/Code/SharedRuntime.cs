namespace Metaflow.Code;

/// <summary>Where the assemblies of .NET itself are.</summary>
internal static class SharedRuntime
{
    /// <summary>Gets the folder of the runtime that programs share, which is named by its version; <see langword="null"/> where the
    /// program brings its own: its files lie among the program's.</summary>
    public static string? Folder { get; } =
        Path.GetDirectoryName(typeof(object).Assembly.Location) is { Length: > 0 } folder
            && folder != Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory) ? folder : null;

    /// <summary>Returns true if a file is one of a runtime that programs share.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <returns>Whether it is.</returns>
    public static bool Has(string path)
        => (Folder is { } folder && path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            || path.Contains($"{Path.DirectorySeparatorChar}shared{Path.DirectorySeparatorChar}Microsoft.", StringComparison.Ordinal);
}
