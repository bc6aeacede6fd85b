using Metaflow.Errors;
using Metaflow.Python.Processes;

namespace Metaflow.Python.PyPI.Resolving;

/// <summary>Finds Python packages that fit together, by asking pip what it would install.</summary>
/// <param name="builder">The Python with pip.</param>
internal sealed class PipResolver(PipBuilderPrefix builder)
{
    /// <summary>Finds packages. Nothing is installed; pip may build packages that have no wheel, to know what they need.</summary>
    /// <param name="request">What to find.</param>
    /// <param name="cancellationToken">Ends pip. How long it may take is the caller's decision.</param>
    /// <returns>The packages.</returns>
    /// <exception cref="EnvironmentException">MF7070: a requirement is none. MF7074: there is no pip, or it is too old. MF7075: there are
    /// no such packages. MF7076: the report cannot be understood. MF7078: an editable package is asked for.</exception>
    public async Task<PipResult> ResolveAsync(PipRequest request, CancellationToken cancellationToken)
    {
        var requirements = request.Requirements.Select(PipArguments.Line).ToList();
        await builder.RequirePipAsync(cancellationToken).ConfigureAwait(false);
        using var folder = new WorkFolder("pip");
        var report = folder.PathOf("report.json");
        var arguments = await ArgumentsAsync(request, requirements, folder, report, cancellationToken).ConfigureAwait(false);
        var (exitCode, lines) = await builder.RunAsync(
            arguments, await VariablesAsync(request.Building, folder, cancellationToken).ConfigureAwait(false),
            request.Sources.UsesConfiguration, cancellationToken).ConfigureAwait(false);
        if (exitCode != 0)
        {
            throw PipErrors.NotFound(requirements, PipOutput.Essence(lines));
        }

        if (!File.Exists(report))
        {
            throw PipErrors.ReportUnreadable("pip wrote none");
        }

        var result = PipReport.Read(await File.ReadAllBytesAsync(report, cancellationToken).ConfigureAwait(false));
        return request.Target is { } target ? result with { Environment = MarkerPatch.EnvironmentOf(target) } : result;
    }

    /// <summary>Returns the variables of a run of pip that hold what its builds may use.</summary>
    /// <param name="building">How packages are built.</param>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>The variables.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> VariablesAsync(
        PipBuildOptions building, WorkFolder folder, CancellationToken cancellationToken)
    {
        // pip itself is isolated and does not read it, but the pip that it starts for a build does.
        var variables = new Dictionary<string, string>();
        if (building.Constraints.Count > 0)
        {
            variables["PIP_CONSTRAINT"] = await folder.WriteAsync(
                "build-constraints.txt", building.Constraints.Select(PipArguments.Line), cancellationToken).ConfigureAwait(false);
        }

        return variables;
    }

    private static async Task<IReadOnlyList<string>> ArgumentsAsync(
        PipRequest request, IReadOnlyList<string> requirements, WorkFolder folder, string report, CancellationToken cancellationToken)
    {
        var arguments = new List<string>();
        arguments.AddRange(
            request.Target is { } target ? await MarkerPatch.WriteAsync(folder, target, cancellationToken).ConfigureAwait(false)
                : ["-m", "pip"]);
        arguments.AddRange(PipArguments.Begin("install", request.Sources, request.Building));

        // With a folder to install into, pip neither minds a Python that a distribution of Linux manages, nor looks at what is installed.
        arguments.AddRange(["--dry-run", "--report", report]);
        arguments.AddRange(request.KeepsInstalled ? [] : ["--ignore-installed", "--target", folder.PathOf("target")]);
        arguments.AddRange(request.AllowsPreReleases ? ["--pre"] : []);
        arguments.AddRange(request.Target is { } other ? PipArguments.Of(other) : []);
        arguments.AddRange(PipArguments.Of(request.Flags));
        if (request.Constraints.Count > 0)
        {
            arguments.AddRange(
                "--constraint",
                await folder.WriteAsync("constraints.txt", request.Constraints.Select(PipArguments.Line), cancellationToken)
                    .ConfigureAwait(false));
        }

        // A path may have blanks and '#', which a file of requirements cannot hold.
        var paths = requirements.Where(Path.IsPathFullyQualified).ToList();
        arguments.AddRange(
            "--requirement",
            await folder.WriteAsync("requirements.txt", [.. request.Sources.ToLines(), .. requirements.Except(paths)], cancellationToken)
                .ConfigureAwait(false));
        arguments.AddRange(paths);
        return arguments;
    }
}
