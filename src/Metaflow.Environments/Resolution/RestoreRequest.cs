namespace Metaflow.Environments.Resolution;

/// <summary>What NuGet is asked to find for one environment.</summary>
/// <param name="Name">Names the environment in messages, such as <c>step 'train'</c>.</param>
/// <param name="Framework">The framework of the program, such as <c>net10.0</c>.</param>
/// <param name="Runtime">The runtime identifier, such as <c>linux-x64</c>.</param>
internal sealed record RestoreRequest(string Name, string Framework, string Runtime)
{
    /// <summary>Gets the versions asked for, as NuGet writes them, by identifier.</summary>
    public required IReadOnlyDictionary<string, string> Packages { get; init; }

    /// <summary>Gets the exact version of the .NET runtime to find, too; <see langword="null"/>, the default, for none.</summary>
    public string? DotNetVersion { get; init; }

    /// <summary>Gets the sources to use instead of those that NuGet's configuration files name: addresses, folders, or names of sources in
    /// these files. None by default.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];
}
