using Metaflow.Environments.Files;
using Metaflow.Environments.Records;
using Metaflow.Environments.Requirements;
using Metaflow.Environments.Resolution;
using Metaflow.Errors;

namespace Metaflow.Environments.Workspaces;

/// <summary>Resolves environments that no flow asks for: those of files, and those that begin with another environment.</summary>
/// <param name="workspace">What resolves and stores environments.</param>
internal sealed class InputResolver(EnvironmentWorkspace workspace)
{
    private readonly NamedEnvironments _named = new(workspace.Book);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Gets the framework of this process, such as <c>net10.0</c>.</summary>
    public static string FrameworkOfProcess => $"net{Environment.Version.Major}.{Environment.Version.Minor}";

    /// <summary>Resolves an environment for kinds of machines.</summary>
    /// <param name="input">What is asked for.</param>
    /// <param name="options">How to look for it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>For each kind of machine in order, the environment.</returns>
    /// <exception cref="ConfigurationException">A file cannot be read (MF71xx).</exception>
    /// <exception cref="EnvironmentException">MF7039: there is no such environment. MF7041: nothing is asked for. MF7042: a package is not
    /// that of the lock file. Or packages cannot be found or stored (MF70xx).</exception>
    public async Task<IReadOnlyList<FoundEnvironment>> ResolveAsync(
        EnvironmentInput input, ResolveOptions options, CancellationToken cancellationToken)
    {
        var found = new FoundEnvironment?[input.Architectures.Count];
        var wanted = new List<(int Index, WantedEnvironment Environment, ResolvedEnvironment? Start)>();
        for (var i = 0; i < found.Length; i++)
        {
            var architecture = input.Architectures[i];
            var start = await StartAsync(input, architecture, cancellationToken).ConfigureAwait(false);
            if (start is not null && input.Using is not null && !input.HasFiles)
            {
                found[i] = new FoundEnvironment(start, IsNew: false);
            }
            else
            {
                wanted.Add((i, WantedOf(input, architecture, start), input.Using is null ? null : start));
            }
        }

        var resolved = await workspace.Resolver.ResolveAsync(
            wanted.ConvertAll(static each => each.Environment), options, cancellationToken).ConfigureAwait(false);
        foreach (var ((index, request, start), environment) in wanted.Zip(resolved))
        {
            found[index] = environment;
            foreach (var note in start is null ? [] : NamedEnvironments.Replaced(start, environment.Environment, request.Name))
            {
                Tell(note);
            }
        }

        return [.. found.OfType<FoundEnvironment>()];
    }

    private async Task<ResolvedEnvironment?> StartAsync(EnvironmentInput input, string architecture, CancellationToken cancellationToken)
    {
        return input.Using is { } begin ? await _named.FindAsync(begin, architecture, cancellationToken).ConfigureAwait(false)
            : input.From is { } from ? (await _named.FindAllAsync(from, architecture, cancellationToken).ConfigureAwait(false))[0]
            : null;
    }

    private WantedEnvironment WantedOf(EnvironmentInput input, string architecture, ResolvedEnvironment? start)
    {
        var framework = input.Framework ?? (start is null ? null : NamedEnvironments.FrameworkOf(start)) ?? FrameworkOfProcess;
        var files = WithPython(Read(input, framework, MachineKinds.ToRuntime(architecture)), input.Python);
        var asked = input.From is not null ? NamedEnvironments.RequirementOf(start!) : files.Requirement;
        if (!asked.HasPackages)
        {
            throw new EnvironmentException(
                ErrorCodes.NothingAskedFor,
                "There is no package to resolve.",
                asked.Place.Length == 0 ? "Neither a file nor an environment is named." : $"None is in {asked.Place}.",
                "Name a file with packages, such as a project, or a requirements.txt with lines 'pandas==2.2.3' or '--nuget-pkg "
                    + "Newtonsoft.Json==13.0.3'.")
            { ExitCode = ExitCodes.Usage };
        }

        var whole = start is not null && input.Using is not null ? NamedEnvironments.Extend(start, asked) : asked;
        var name = input.Architectures.Count > 1 ? $"{asked.Place} for {architecture}" : asked.Place;
        whole = workspace.Defaults.Complete(whole, architecture);
        return WantedEnvironment.Of(name, whole, framework, architecture) with
        {
            ContentHashes = files.ContentHashes,
            Start = input.Using is null ? null : start,
            Locked = files.Locked,
        };
    }

    private static FileRequirement WithPython(FileRequirement files, string? python)
        => python is null ? files
            : files.Requirement is { Python: { } other, Place: var place }
                ? throw new ConfigurationException(
                    ErrorCodes.PythonTwice,
                    $"The version of Python is asked for twice: as '{python}', and as '{other}' in {place}.",
                    "One environment has one Python.",
                    "Leave the option out, or remove the version from the file.")
                { ExitCode = ExitCodes.Usage }
            : files with { Requirement = files.Requirement with { Python = python } };

    private FileRequirement Read(EnvironmentInput input, string framework, string runtime)
    {
        var files = new List<FileRequirement>();
        if (input.RequirementsFile is { } requirements)
        {
            files.Add(RequirementFiles.ReadRequirements(requirements));
        }

        if (input.YamlFile is { } yaml)
        {
            files.Add(RequirementFiles.ReadYaml(yaml, MachineKinds.OfRuntime(runtime)));
        }

        if (input.ProjectFile is { } project)
        {
            files.Add(RequirementFiles.ReadProject(project, framework, runtime));
        }

        RequireAlone(input, files);
        foreach (var note in files.SelectMany(static file => file.Notes))
        {
            Tell(note);
        }

        return files.Count == 0 ? new FileRequirement(EnvironmentRequirement.None, [])
            : files.Aggregate(static (first, second) => new FileRequirement(
                EnvironmentRequirement.Merge(first.Requirement, second.Requirement), [])
            {
                Locked = first.Locked ?? second.Locked,
                ContentHashes = first.ContentHashes.Concat(second.ContentHashes).DistinctBy(static hash => hash.Key)
                    .ToDictionary(static hash => hash.Key, static hash => hash.Value),
            });
    }

    // The packages of a lock file fit together. With others, they would have to be found anew.
    private static void RequireAlone(EnvironmentInput input, List<FileRequirement> files)
    {
        if (files.Find(static file => file.Locked is not null) is not { } locked)
        {
            return;
        }

        var other = input.Using is not null ? "another environment"
            : files.Find(file => file != locked && PythonDefaults.AsksForPrefix(file.Requirement))?.Requirement.Place;
        if (other is not null)
        {
            throw new ConfigurationException(
                ErrorCodes.LockNotExtended,
                $"The packages of {locked.Requirement.Place} cannot be combined with those of {other}.",
                "A lock file has all packages, and Metaflow takes them as they are.",
                "Resolve the lock file alone, or add the packages where it was made, and lock again.")
            { ExitCode = ExitCodes.Usage };
        }
    }

    private void Tell(string note)
    {
        if (_told.Add(note))
        {
            workspace.Reports.Say(note);
        }
    }
}
