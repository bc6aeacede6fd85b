namespace Metaflow.Environments.Records;

/// <summary>A package of NuGet in a resolved environment, with the files of it that a process loads. To make an environment of it needs
/// nothing that this record does not say.</summary>
/// <param name="Id">The identifier as its author writes it.</param>
/// <param name="ExactVersion">The normalized version.</param>
/// <param name="Url">The source that it came from.</param>
internal sealed record NuGetPackage(string Id, string ExactVersion, string Url)
    : LockedPackage($"{Id.ToLowerInvariant()}.{ExactVersion.ToLowerInvariant()}", Url)
{
    /// <inheritdoc/>
    public override string Category => Categories.NuGet;

    /// <inheritdoc/>
    public override string? Hash => ContentHash;

    /// <inheritdoc/>
    public override string ContentKey => Sha256;

    /// <inheritdoc/>
    public override string Name => Id;

    /// <inheritdoc/>
    public override string Version => ExactVersion;

    /// <summary>Gets the hash by which NuGet knows the content: SHA-512 in Base64, without the signature of a signed package.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Gets the SHA-256 of the file in hexadecimal digits, by which the cache knows it.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets the length in bytes of the files of <see cref="Assets"/> together.</summary>
    public long UnpackedLength { get; init; }

    /// <summary>Gets the packages that it needs, with the versions found for them, by identifier.</summary>
    public IReadOnlyDictionary<string, string> Dependencies { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the shared frameworks that it needs beside that of .NET, such as <c>Microsoft.AspNetCore.App</c>; none by
    /// default.</summary>
    public IReadOnlyList<string> Frameworks { get; init; } = [];

    /// <summary>Gets the files of the package that a process of the environment loads.</summary>
    public IReadOnlyList<NuGetAsset> Assets { get; init; } = [];

    /// <summary>Gets a value indicating whether it is the .NET runtime itself.</summary>
    public bool IsRuntime => Assets is [{ Kind: NuGetAssetKind.Runtime }, ..];
}
