using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;

namespace Metaflow.Python.Conda.Solving;

/// <summary>What packages are asked for.</summary>
internal sealed record CondaRequest
{
    /// <summary>Gets what is asked for. What comes first gets its best version first.</summary>
    public required IReadOnlyList<MatchSpec> Specs { get; init; }

    /// <summary>Gets the channels, the preferred one first.</summary>
    public required IReadOnlyList<CondaChannel> Channels { get; init; }

    /// <summary>Gets the platform, such as <c>linux-64</c>. Packages for every platform are always taken too.</summary>
    public required string Platform { get; init; }

    /// <summary>Gets what the order of channels means. The default is strict.</summary>
    public ChannelPriority Priority { get; init; }

    /// <summary>Gets the properties of the machine: see <see cref="VirtualPackages"/>.</summary>
    public required IReadOnlyList<VirtualPackage> VirtualPackages { get; init; }

    /// <summary>Gets records that must be used where their package is needed. The default is none.</summary>
    public IReadOnlyList<CondaRecord> Locked { get; init; } = [];

    /// <summary>Gets records that are used where they fit. The default is none.</summary>
    public IReadOnlyList<CondaRecord> Preferred { get; init; } = [];

    /// <summary>Gets records that no channel lists, such as that of a file which is asked for by its address. The default is
    /// none.</summary>
    public IReadOnlyList<CondaRecord> Known { get; init; } = [];
}
