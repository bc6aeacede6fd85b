using Metaflow.Python.Conda.Solving;
using Metaflow.Python.Processes;

namespace Metaflow.Python.Conda.Programs;

/// <summary>How a program is asked for packages.</summary>
/// <param name="folder">The folder for all that it writes: it uses none of the user's packages and lists of packages.</param>
internal sealed class ProgramCall(WorkFolder folder)
{
    /// <summary>Gets the arguments with which a program says its version.</summary>
    public static IReadOnlyList<string> Info { get; } = ["info", "--json"];

    /// <summary>Returns the arguments with which a program says what it would install.</summary>
    /// <param name="facts">The program.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="channels">The channels of the request.</param>
    /// <returns>The arguments.</returns>
    public IReadOnlyList<string> Arguments(CondaProgramFacts facts, CondaRequest request, IReadOnlyList<RequestedChannel> channels)
        =>
        [
            "create", "--yes", "--prefix", folder.PathOf("prefix"), "--dry-run", "--override-channels",
            .. channels.SelectMany(AddressesOf).Distinct().SelectMany(static address => new[] { "-c", address }),
            .. request.Specs.Select(spec => ProgramSpec.Of(spec, channels)),

            // Conda has no such option: its root is where it is installed.
            .. facts.IsConda ? Array.Empty<string>() : ["-r", folder.PathOf("root")],
            "--json",
        ];

    /// <summary>Returns the variables of every call.</summary>
    /// <returns>The variables.</returns>
    public Dictionary<string, string> Variables() => new(StringComparer.Ordinal)
    {
        ["CONDA_JSON"] = "True",
        ["MAMBA_JSON"] = "True",
        ["MAMBA_NO_BANNER"] = "1",
        ["MAMBA_ROOT_PREFIX"] = folder.PathOf("root"),
        ["CONDA_PKGS_DIRS"] = folder.PathOf("pkgs"),
        ["CONDA_ENVS_DIRS"] = folder.PathOf("envs"),
    };

    /// <summary>Returns the variables of a call that asks for packages.</summary>
    /// <param name="request">What is asked for.</param>
    /// <returns>The variables.</returns>
    public Dictionary<string, string> Variables(CondaRequest request)
    {
        var priority = request.Priority.ToString().ToLowerInvariant();
        var variables = Variables();
        variables["CONDA_SUBDIR"] = request.Platform;
        variables["CONDA_CHANNEL_PRIORITY"] = priority;
        variables["MAMBA_CHANNEL_PRIORITY"] = priority;
        variables["CONDA_UNSATISFIABLE_HINTS_CHECK_DEPTH"] = "0";

        // Both would add pip, which no package asks for.
        variables["CONDA_ADD_PIP_AS_PYTHON_DEPENDENCY"] = "False";
        variables["MAMBA_ADD_PIP_AS_PYTHON_DEPENDENCY"] = "False";
        foreach (var (name, value) in VirtualPackages.OverridesOf(request.VirtualPackages))
        {
            variables[name] = value;
        }

        return variables;
    }

    /// <summary>Writes the file with which a program is told credentials.</summary>
    /// <param name="secrets">The credentials.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>The variable that names the file; none if there are no credentials: those of the user's own file count then.</returns>
    public async Task<IReadOnlyDictionary<string, string>> WriteAsync(ChannelSecrets secrets, CancellationToken cancellationToken)
        => secrets.HasCredentials
            ? new Dictionary<string, string>
            {
                ["NETRC"] = await folder.WriteAsync("netrc", secrets.Lines(), cancellationToken).ConfigureAwait(false),
            }
            : new Dictionary<string, string>();

    // One address for each platform where a channel counts for some only.
    private static IEnumerable<string> AddressesOf(RequestedChannel requested)
        => requested.Channel.Platforms is { } platforms
            ? platforms.Select(platform => $"{requested.Channel.AddressWithToken}/{platform}") : [requested.Channel.AddressWithToken];
}
