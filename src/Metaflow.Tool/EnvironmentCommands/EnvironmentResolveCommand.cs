using System.Text.RegularExpressions;
using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Environments;
using Metaflow.Environments.Resolution;
using Metaflow.Environments.Storage;
using Metaflow.Environments.Workspaces;
using Metaflow.Environments.Views;
using Metaflow.Errors;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>Resolves an environment that no flow asks for.</summary>
internal sealed partial class EnvironmentResolveCommand : Command<ToolContext>
{
    private const string Requirement = "requirement";
    private const string Yaml = "file";
    private const string Project = "pyproject";
    private const string Using = "using";
    private const string UsingPathspec = "using-pathspec";
    private const string From = "from";
    private const string FromPathspec = "from-pathspec";
    private const string Framework = "framework";
    private const string Python = "python";
    private const string SetDefault = "set-default";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = "Find the packages of an environment, and store them.",
        Details = "What was resolved before is not resolved again. Steps use the environment by its name: [NamedEnvironment].",
        Options = [.. Inputs, .. Others, JsonOutput.Option],
        Examples =
        [
            "environment resolve --requirement requirements.txt --alias team/training:v1",
            "environment resolve --requirement requirements.txt --python 3.11 --alias team/pandas:v1",
            "environment resolve --pyproject packages.lock.json --arch linux-64 --arch osx-arm64",
            "environment resolve --using team/training:v1 --requirement more.txt",
        ],
    };

    private static IReadOnlyList<OptionSpecification> Inputs =>
    [
        new()
        {
            Name = Requirement,
            Letter = 'r',
            ValueName = "path",
            Description = "A requirements.txt: packages of the Python package index, and lines '--conda-pkg ffmpeg=6' and "
                + "'--nuget-pkg Id==1.2.3'.",
        },
        new()
        {
            Name = Yaml,
            Letter = 'f',
            ValueName = "path",
            Description = "An environment.yml, whose 'dependencies' can have lists 'pip' and 'nuget'.",
        },
        new()
        {
            Name = Project,
            Letter = 'p',
            ValueName = "path",
            Description = "A project (.csproj), packages.lock.json, Directory.Packages.props or pyproject.toml; pylock.toml, uv.lock, "
                + "pixi.lock or conda-lock.yml.",
        },
        new() { Name = Using, ValueName = "name", Description = "Begin with this environment, and add the packages of the files." },
        new() { Name = UsingPathspec, ValueName = "step", Description = "Begin with the environment of this step: Flow/run/step." },
        new()
        {
            Name = From,
            ValueName = "name",
            Description = "Resolve anew what this environment was resolved for, for example for another kind of machine.",
        },
        new() { Name = FromPathspec, ValueName = "step", Description = "The same with the environment of this step: Flow/run/step." },
    ];

    private static IReadOnlyList<OptionSpecification> Others =>
    [
        EnvironmentOptions.Alias,
        EnvironmentOptions.Architectures,
        new()
        {
            Name = Framework,
            ValueName = "framework",
            Default = InputResolver.FrameworkOfProcess,
            Description = "Framework that programs run on. With --using and --from, that of the environment is the default.",
        },
        new()
        {
            Name = Python,
            ValueName = "version",
            Description = "Version of Python, or a constraint on it: '3.11', '>=3.10,<3.12'. Without it, that of the files counts, or any.",
        },
        EnvironmentOptions.Force,
        EnvironmentOptions.DryRun,
        EnvironmentOptions.StoreLocally,
        new()
        {
            Name = SetDefault,
            Opposite = "no-set-default",
            Default = SetDefault,
            Description = "Use a new environment on this machine from now on wherever the same is asked for.",
        },
    ];

    /// <inheritdoc/>
    public override void CheckInput(ToolContext context)
    {
        var input = InputOf(context);
        if (context.Line.Text(Framework) is { } framework && !FrameworkForm().IsMatch(framework))
        {
            throw UsageErrors.InvalidValue(
                Framework, $"'{framework}' is not a framework of .NET.", $"Write it as in '{InputResolver.FrameworkOfProcess}'.");
        }

        foreach (var name in context.Line.All(EnvironmentOptions.Alias.Name))
        {
            _ = EnvironmentName.Parse(name);
        }

        foreach (var text in ((string?[])[input.Using, input.From]).OfType<string>())
        {
            _ = EnvironmentReference.Parse(text);
        }
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        using var environments = ToolEnvironments.Open(context);
        var input = InputOf(context);
        var options = new ResolveOptions
        {
            IsForced = context.Line.Flag(EnvironmentOptions.Force.Name),
            IsDryRun = context.Line.Flag(EnvironmentOptions.DryRun.Name),
            IsLocalOnly = context.Line.Flag(EnvironmentOptions.LocalOnly.Name),
            SetsDefault = context.Line.Text(SetDefault) != bool.FalseString,
        };
        var found = await new InputResolver(environments.Workspace).ResolveAsync(input, options, context.Stopping)
            .ConfigureAwait(false);
        await NameAsync(context, environments, found, options).ConfigureAwait(false);
        var data = new Dictionary<string, object?>();
        foreach (var (environment, isNew) in found)
        {
            if (!JsonOutput.IsWanted(context) && !context.IsQuiet)
            {
                context.Streams.Out.WriteLine($"{environment.Id.Architecture}: {(isNew ? "resolved now" : "known")}");
            }

            data[environment.Id.Architecture] = new Dictionary<string, object?>
            {
                ["req_id"] = environment.Id.RequestId,
                ["full_id"] = environment.Id.FullId,
                ["newly_resolved"] = isNew,
                ["env"] = await environments.WriteAsync(environment).ConfigureAwait(false),
            };
        }

        if (JsonOutput.IsWanted(context))
        {
            JsonOutput.Write(context, data);
        }

        return ExitCodes.Success;
    }

    private static async Task NameAsync(
        ToolContext context, ToolEnvironments environments, IReadOnlyList<FoundEnvironment> found, ResolveOptions options)
    {
        List<EnvironmentName> names = [.. context.Line.All(EnvironmentOptions.Alias.Name).Select(EnvironmentName.Parse)];
        if (names.Count == 0)
        {
            return;
        }

        var targets = found.Select(static each => each.Environment.Id.ToString()).Distinct().Count();
        if (targets > 1)
        {
            throw UsageErrors.InvalidValue(
                EnvironmentOptions.Alias.Name, $"the kinds of machines have {targets} different environments.",
                "Add --force to resolve them together, or name one --arch at a time.");
        }

        if (!options.IsDryRun)
        {
            await new EnvironmentCatalogue(environments.Workspace).NameAsync(
                [.. found.Select(static each => each.Environment)], names, options.IsLocalOnly, context.Stopping).ConfigureAwait(false);
        }
    }

    private static EnvironmentInput InputOf(ToolContext context)
    {
        var line = context.Line;
        var start = One(context, Using, UsingPathspec);
        var from = One(context, From, FromPathspec);
        var input = new EnvironmentInput
        {
            RequirementsFile = PathOf(context, Requirement),
            YamlFile = PathOf(context, Yaml),
            ProjectFile = PathOf(context, Project),
            Using = start,
            From = from,
            Framework = line.Text(Framework),
            Python = line.Text(Python),
            Architectures = line.All(EnvironmentOptions.Architecture.Name) is { Count: > 0 } given
                ? [.. given.Distinct()] : [MachineKinds.OfThisMachine],
        };
        if (start is not null && from is not null)
        {
            throw UsageErrors.Conflict(
                "Options '--using' and '--from' cannot be combined.", "Add packages to an environment, or resolve one anew.");
        }

        if (from is not null && input.HasFiles)
        {
            throw UsageErrors.Conflict(
                "Option '--from' takes all requirements of an environment, and no files.", "Use '--using' to add those of files.");
        }

        if (input.Python is not null && (start ?? from) is not null)
        {
            throw UsageErrors.Conflict(
                $"Option '--{Python}' cannot be combined with '--using' or '--from'.", "The environment that they name has its Python.");
        }

        return input is { RequirementsFile: not null, YamlFile: not null, ProjectFile: not null }
            ? throw UsageErrors.Conflict(
                $"Options '--{Requirement}', '--{Yaml}' and '--{Project}' cannot be combined.", "Name two files at most.")
            : input;
    }

    private static string? One(ToolContext context, string option, string pathspecOption)
        => (context.Line.All(option), context.Line.All(pathspecOption)) switch
        {
            ([], []) => null,
            ([var text], []) => text,
            ([], [var pathspec]) => $"step:{pathspec}",
            _ => throw UsageErrors.Conflict(
                $"Options '--{option}' and '--{pathspecOption}' name more than one environment.", "Name one."),
        };

    private static string? PathOf(ToolContext context, string option) => context.Line.All(option) switch
    {
        [] => null,
        [var path] when context.Streams.WorkingFolder == Environment.CurrentDirectory => path,
        [var path] => Path.Combine(context.Streams.WorkingFolder, path),
        _ => throw UsageErrors.Conflict($"Option '--{option}' is given several times.", "Name one file of each kind."),
    };

    [GeneratedRegex(@"^net\d+\.\d+$")]
    private static partial Regex FrameworkForm();
}
