using Metaflow.Environments.Archives;
using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Settings;
using Metaflow.Python.Conda.Channels;
using Metaflow.Python.Conda.Matching;
using Metaflow.Python.Conda.Programs;
using Metaflow.Python.Conda.Solving;

namespace Metaflow.Environments.Resolution;

/// <summary>Finds packages of conda that fit together: itself, or with the program that the settings name.</summary>
/// <param name="settings">The settings.</param>
/// <param name="folder">The folder of this machine for environments: it keeps the channels' lists of packages.</param>
/// <param name="workingFolder">The folder that relative paths of channels begin at.</param>
/// <param name="client">Reaches channels.</param>
/// <param name="time">The clock.</param>
internal sealed class CondaResolver(
    PythonSettings settings, string folder, string workingFolder, Func<HttpClient> client, TimeProvider time)
{
    // A run resolves several environments: the channels are asked once for all of them.
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(2);

    /// <summary>Finds packages.</summary>
    /// <param name="specs">What is asked for.</param>
    /// <param name="wanted">The environment, which says the channels, the kind of machine and its properties.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The packages, each after those that it needs.</returns>
    /// <exception cref="Errors.EnvironmentException">MF705x, MF7069, MF7080: there are none, or a channel cannot be
    /// read, or the program that is to find them is of no use.</exception>
    public async Task<IReadOnlyList<CondaRecord>> SolveAsync(
        IReadOnlyList<MatchSpec> specs, WantedEnvironment wanted, CancellationToken cancellationToken)
    {
        var names = new ChannelOptions { Alias = settings.ChannelAlias, Folder = workingFolder };
        var request = new CondaRequest
        {
            Specs = specs,
            Channels = [.. wanted.Channels.Select(channel => CondaChannel.Parse(channel, names))],
            Platform = wanted.Architecture,
            Priority = PriorityOf(wanted),
            VirtualPackages = VirtualPackages.Of(wanted.Architecture, OverridesOf(wanted)),
        };
        return await (settings.Program is { } program ? ProgramOf(program, names).SolveAsync(request, cancellationToken)
            : SolverOf(names).SolveAsync(request, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Returns a package as environments record it.</summary>
    /// <param name="record">What its channel says.</param>
    /// <returns>The package.</returns>
    public static CondaPackage PackageOf(CondaRecord record)
    {
        var format = ArchivePackage.FormatOf(record.FileName);
        return new CondaPackage(record.FileName[..^format.Length], record.Url)
        {
            UrlFormat = format,
            Hashes = record.Md5 is { } md5 ? new Dictionary<string, string> { [format] = md5 } : new Dictionary<string, string>(),
            Sha256 = record.Sha256,
            Length = record.Size ?? 0,
        };
    }

    private CondaSolver SolverOf(ChannelOptions names) => new(
        new RepodataOptions
        {
            CacheFolder = Path.Combine(folder, "channels"),
            Client = client(),
            Time = time,
            FreshFor = Freshness,
        },
        names);

    private CondaProgram ProgramOf(string name, ChannelOptions names) => new(new CondaProgramOptions
    {
        Name = name,
        Variables = settings.Variables,
        Channels = names,
        Access = settings.Access,
        Time = time,
    });

    // As in the extension: who names channels wants what is not in the usual ones.
    private ChannelPriority PriorityOf(WantedEnvironment wanted) => settings.ChannelPriority switch
    {
        "strict" or "true" => ChannelPriority.Strict,
        "flexible" => ChannelPriority.Flexible,
        "disabled" or "false" => ChannelPriority.Disabled,
        _ => wanted.Channels.Count > settings.Channels.Count ? ChannelPriority.Flexible : ChannelPriority.Strict,
    };

    private Dictionary<string, string> OverridesOf(WantedEnvironment wanted)
    {
        var overrides = new Dictionary<string, string>(settings.Overrides, StringComparer.Ordinal);
        foreach (var text in wanted.Request.Requirements.Where(static text => text.Category == Categories.System))
        {
            var (name, version) = CondaSpecs.Property(text.Value);
            overrides[VirtualPackageNames.Override(name)] = version;
        }

        return overrides;
    }
}
