using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Definition;
using Metaflow.Metadata;
using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Cli.Commands;

/// <summary>The options of every command.</summary>
internal static class CommonOptions
{
    public const string DatastoreRoot = "datastore-root";
    public const string Datastore = "datastore";
    public const string Metadata = "metadata";
    public const string Namespace = "namespace";
    public const string Environment = "environment";

    private static readonly string[] OfNewRuns = ["run", "resume"];
    private static readonly string[] OfRuns = ["run", "resume", "spin", "check", "show"];

    /// <summary>Returns the options, as help lists them, with the types of stores that the plug-ins of the program have and the options
    /// that decorators of the flow add.</summary>
    /// <param name="application">The program.</param>
    public static IReadOnlyList<OptionSpecification> Of(IFlowApplication application) =>
    [
        .. Make(application.Settings),
        .. ConfigOptions.Of(application.Definition).Select(static option => option with { ActsOn = OfNewRuns }),
        .. application.FlowOptions.Select(static option => new OptionSpecification
        {
            Name = option.Name,
            Description = option.Help,
            ValueName = option.ValueName,
            IsRepeatable = option.IsRepeatable,
            ActsOn = OfNewRuns,
        }),
    ];

    /// <summary>Returns the values of the options that decorators of the flow add.</summary>
    /// <param name="context">The command's context.</param>
    public static FlowOptionValues FlowOptions(FlowContext context) => new(context.Application.FlowOptions
        .Where(option => context.Line.All(option.Name).Count > 0)
        .ToDictionary(static option => option.Name, option => context.Line.All(option.Name)));

    /// <summary>Returns the program with the settings that the options ask for.</summary>
    /// <param name="application">The program.</param>
    /// <param name="line">The command line.</param>
    /// <param name="workingFolder">The folder that a relative root is relative to.</param>
    public static IFlowApplication Apply(IFlowApplication application, ParsedCommandLine line, string workingFolder)
    {
        application = IsolationOption.Apply(application, line);
        var (root, type, space, metadata) = (line.Text(DatastoreRoot), line.Text(Datastore), line.Text(Namespace), line.Text(Metadata));
        ClientNamespace.Check(space);
        var environment = line.Text(Environment);
        if (root is null && type is null && space is null && metadata is null && environment is null)
        {
            return application;
        }

        var settings = application.Settings;
        if (root is not null || (type is not null && (settings.DatastoreProblem is not null || type != settings.Datastore.Type)))
        {
            settings = settings with { Datastore = SettingsLoader.FindDatastore(settings, workingFolder, type, root) };
        }

        var asked = settings with { Namespace = space ?? settings.Namespace };
        asked = metadata is null ? asked : asked with { MetadataType = metadata };
        asked = asked with { EnvironmentType = environment ?? asked.EnvironmentType };
        return asked == application.Settings ? application : application.WithSettings(asked);
    }

    private static IReadOnlyList<OptionSpecification> Make(MetaflowSettings settings) =>
    [
        new()
        {
            Name = CommandContext.QuietOption,
            Opposite = "not-quiet",
            Description = "Print less.",
        },
        TypeOf<IMetadataFactory>(
            Metadata, (settings.MetadataProblem ?? settings.DatastoreProblem) is null ? settings.MetadataType : null, "Metadata provider."),
        TypeOf<IStoreFactory>(Datastore, settings.DatastoreProblem is null ? settings.Datastore.Type : null, "Where artifacts are kept."),
        new()
        {
            Name = DatastoreRoot,
            ValueName = "path",
            Description = "Folder that contains the datastore '.metaflow'. By default the nearest '.metaflow' in this folder or above it.",
        },
        new()
        {
            Name = Environment,
            ValueName = "type",
            Choices = EnvironmentTypes.All,
            Default = settings.EnvironmentType,
            Description = "Where tasks get their packages from: 'automatic' gives steps with decorators such as [NuGet] their own; 'local' "
                + "runs all steps with those of the program; 'conda' means 'automatic'.",
        },
        new()
        {
            Name = Namespace,
            IsName = true,
            ValueName = "text",
            Description = "Namespace of the run, and of the runs that other commands look for. By default 'user:' and your name.",
        },
        new()
        {
            Name = FlowContext.WithOption,
            ValueName = "decorator",
            IsRepeatable = true,
            ActsOn = OfRuns,
            Description =
                "Add a decorator to all steps that lack it, for example 'retry' or 'retry:times=4'. May be given several times.",
        },
        new()
        {
            Name = "pylint",
            Opposite = "no-pylint",
            IsHidden = true,
            Description = "Accepted for scripts written for Python Metaflow; does nothing.",
        },
    ];

    private static OptionSpecification TypeOf<TFactory>(string name, string? chosen, string description)
        where TFactory : class
        => Choice(name, ProgramPlugins.Registry.NamesOf<TFactory>(), chosen, description);

    private static OptionSpecification Choice(string name, IReadOnlyList<string> choices, string? chosen, string description) => new()
    {
        Name = name,
        ValueName = "type",
        Choices = choices,
        ChoicesRemedy = choices.Count == 1 ? null : ProgramPlugins.Registry.Remedy,
        Default = chosen,

        // Who has no choice need not read of it.
        IsHidden = choices.Count == 1,
        Description = choices.Count == 1 ? description : $"{description[..^1]}: {string.Join(" or ", choices)}.",
    };
}
