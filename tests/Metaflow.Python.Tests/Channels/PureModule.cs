namespace Metaflow.Python.Tests.Channels;

/// <summary>A module of Python without machine code, from a package of Debian.</summary>
/// <param name="Name">The conda package's name.</param>
/// <param name="Package">Debian's package.</param>
internal sealed record PureModule(string Name, string Package)
{
    /// <summary>What the conda package needs beside Python.</summary>
    public IReadOnlyList<string> Depends { get; init; } = [];

    /// <summary>What the module's own description requires, where Debian dropped it.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>The format of the conda package.</summary>
    public CondaFormat Format { get; init; }
}
