namespace Metaflow.Python.Conda.Channels;

/// <summary>How texts name channels.</summary>
internal sealed record ChannelOptions
{
    /// <summary>Gets the address that a channel's name is put behind. <see langword="null"/>, the default, allows no names.</summary>
    public string? Alias { get; init; }

    /// <summary>Gets the addresses of channels that are not behind the alias, by their names. The default is none.</summary>
    public IReadOnlyDictionary<string, string> Addresses { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the folder that relative paths begin at. The default is the current folder.</summary>
    public string Folder { get; init; } = ".";
}
