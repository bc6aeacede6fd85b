using Metaflow.Cli.Parsing;
using Metaflow.Client;
using Metaflow.Definition;
using Metaflow.Running;
using Metaflow.Settings;

namespace Metaflow.Cli.Commands;

/// <summary>The options of every command.</summary>
internal static class CommonOptions
{
    public const string Quiet = "quiet";
    public const string DatastoreRoot = "datastore-root";
    public const string Namespace = "namespace";
    public const string With = "with";

    /// <summary>Returns the options, as help lists them.</summary>
    public static IReadOnlyList<OptionSpecification> All { get; } =
    [
        new()
        {
            Name = Quiet,
            Opposite = "not-quiet",
            Description = "Suppress unnecessary messages; the lines of a run remain.",
        },
        Local("metadata", "Metadata provider."),
        Local("datastore", "Where artifacts are kept."),
        new()
        {
            Name = DatastoreRoot,
            ValueName = "path",
            Description = "Root folder of the datastore; '.metaflow' in it is used. By default the nearest '.metaflow' upwards.",
        },
        Local("environment", "Where tasks get their packages from."),
        new()
        {
            Name = Namespace,
            ValueName = "text",
            Description = "Namespace of the run, and of what other commands look for. By default 'user:' and your name.",
        },
        new()
        {
            Name = With,
            ValueName = "decorator",
            IsRepeatable = true,
            Description = "Add a decorator to all steps that lack it, as 'retry' or 'retry:times=4'. May be given several times.",
        },
        new() { Name = "pylint", Opposite = "no-pylint", IsHidden = true, Description = "Accepted for scripts written for the reference; does nothing." },
    ];

    /// <summary>Returns the options with those that decorators of the flow add.</summary>
    /// <param name="application">The program.</param>
    public static IReadOnlyList<OptionSpecification> Of(IFlowApplication application) =>
    [
        .. All,
        .. ConfigOptions.Of(application.Definition),
        .. application.FlowOptions.Select(static option => new OptionSpecification
        {
            Name = option.Name,
            Description = option.Help,
            ValueName = option.ValueName,
            IsRepeatable = option.IsRepeatable,
        }),
    ];

    /// <summary>Returns the values of the options that decorators of the flow add.</summary>
    /// <param name="context">The command's context.</param>
    public static FlowOptionValues FlowOptions(CommandContext context) => new(context.Application.FlowOptions
        .Select(option => (option.Name, Values: context.Line.All(option.Name))).Where(static option => option.Values.Count > 0)
        .ToDictionary(static option => option.Name, static option => option.Values));

    /// <summary>Returns the program with the settings that the options ask for.</summary>
    /// <param name="application">The program.</param>
    /// <param name="line">The command line.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="workingFolder">The folder that a relative root is relative to.</param>
    public static IFlowApplication Apply(
        IFlowApplication application, ParsedCommandLine line, IReadOnlyDictionary<string, string> environment, string workingFolder)
    {
        var root = line.Text(DatastoreRoot);
        var space = line.Text(Namespace);
        if (root is null && space is null)
        {
            return application;
        }

        ClientNamespace.Check(space);
        var settings = application.Settings;
        if (root is not null)
        {
            settings = settings with { Datastore = SettingsLoader.Load(environment, workingFolder, root).Datastore };
        }

        return application.WithSettings(space is null ? settings : settings with { Namespace = space });
    }

    private static OptionSpecification Local(string name, string description) => new()
    {
        Name = name,
        ValueName = "local",
        Choices = ["local"],
        Default = "local",
        Description = description,
    };
}
