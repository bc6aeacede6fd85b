using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments;
using Metaflow.Environments.Creation;
using Metaflow.Environments.Records;
using Metaflow.Environments.Workspaces;
using Metaflow.Errors;
using Metaflow.Naming;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>Creates an environment on this machine.</summary>
internal sealed class EnvironmentCreateCommand : Command<ToolContext>
{
    private const string Name = "name";
    private const string Into = "into-dir";
    private const string Force = "force";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Unpack the packages of an environment on this machine.",
        Details = "Neither the .NET SDK nor a feed is needed if the datastore has the packages. With --into-dir or --name, the files of "
            + "the packages are also copied into one folder, as a build would, so that programs use them without Metaflow: assemblies, "
            + "native libraries, a folder for each language, and environment.json with the record. The folder is printed. "
            + ToolEnvironments.ArgumentForms,
        Arguments = [ToolEnvironments.Argument],
        RequiredArguments = 1,
        Options =
        [
            new() { Name = Into, ValueName = "path", Description = "Copy the files of the packages into this folder." },
            new()
            {
                Name = Name,
                ValueName = "name",
                Description = "Copy the files of the packages into a folder of this name on this machine.",
            },
            new()
            {
                Name = Force,
                Opposite = "no-force",
                Description = "Compare the unpacked packages with what was locked, byte by byte, and unpack damaged ones again. Use the "
                    + "folder though it has files: those of an environment in it are replaced, others stay.",
            },
            ToolEnvironments.Pathspec,
            JsonOutput.Option,
        ],
        Examples =
        [
            "environment create team/training:v1",
            "environment create step:TrainFlow/1795299563529680/train --into-dir packages",
        ],
    };

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context)
    {
        ToolEnvironments.Check(context, context.Line.Arguments);
        if (context.Line.Text(Name) is { } name)
        {
            if (context.Line.Text(Into) is not null)
            {
                throw UsageErrors.Conflict($"Options '--{Name}' and '--{Into}' cannot be combined.", "Name one folder.");
            }

            if (!EnvironmentFolder.IsName(name))
            {
                throw UsageErrors.InvalidValue(
                    Name, $"'{name}' is not the name of a folder.",
                    "Use letters, digits, '-', '_' and '.', or give a path with --into-dir.");
            }
        }
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        using var environments = ToolEnvironments.Open(context);
        var folder = environments.Workspace.Folder;
        var environment = await environments.Named.FindAsync(
            ToolEnvironments.TextOf(context, context.Line.Arguments[0]), MachineKinds.OfThisMachine, context.Stopping)
            .ConfigureAwait(false);
        var target = context.Line.Text(Into) is { } path ? Path.GetFullPath(path, context.Streams.WorkingFolder)
            : context.Line.Text(Name) is { } name ? folder.NamedFolder(name)
            : null;
        if (target is not null && !context.Line.Flag(Force))
        {
            FlatFolder.RequireFree(target);
        }

        var (sources, archives) = (environments.Workspace.Sources.All, environments.Workspace.Archives);
        var unpacked = context.Line.Flag(Force)
            ? await folder.VerifyAsync(environment, sources, archives, context.Stopping).ConfigureAwait(false)
            : await folder.CreateAsync(environment, sources, archives, context.Stopping).ConfigureAwait(false);

        // What is unpacked here should be known here, so that nobody tidies it up.
        if (environments.Book.Local.Read().Find(environment.Id) is null)
        {
            await environments.Book.AddAsync([environment], context.Stopping).ConfigureAwait(false);
        }

        if (target is not null)
        {
            await CopyAsync(context, environments.Workspace, environment, target).ConfigureAwait(false);
        }

        var place = target ?? (environment.HasPrefix ? folder.Prefixes.PathOf(environment.Id) : folder.Packages.Root);

        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, new Dictionary<string, object?>
            {
                ["req_id"] = environment.Id.RequestId,
                ["full_id"] = environment.Id.FullId,
                ["arch"] = environment.Id.Architecture,
                ["packages"] = (long)environment.Packages.Count,
                ["unpacked"] = (long)unpacked,
                ["folder"] = place,
            });
        }
        else
        {
            context.Say(
                $"Environment {environment.Id}: {AmountText.Count(environment.Packages.Count, "package")}, {unpacked} unpacked now.");
            context.Streams.Out.WriteLine(place);
        }

        return ExitCodes.Success;
    }

    // The files of packages of conda and PyPI contain the path of their folder: they are put there anew.
    private static async Task CopyAsync(
        ToolContext context, EnvironmentWorkspace workspace, ResolvedEnvironment environment, string target)
    {
        if (environment.HasPrefix)
        {
            await workspace.Folder.Prefixes.CreateInAsync(environment, target, workspace.Archives, context.Stopping).ConfigureAwait(false);
        }

        if (environment.Libraries.Any() || !environment.HasPrefix)
        {
            var isForced = context.Line.Flag(Force) || environment.HasPrefix;
            await workspace.Folder.CopyAsync(environment, target, isForced, context.Stopping).ConfigureAwait(false);
        }
    }
}
