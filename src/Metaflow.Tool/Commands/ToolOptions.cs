using Metaflow.Cli.Parsing;

namespace Metaflow.Tool.Commands;

/// <summary>The options of every command of the tool.</summary>
internal static class ToolOptions
{
    public const string Quiet = "quiet";
    public const string DatastoreRoot = "datastore-root";
    public const string Namespace = "namespace";

    /// <summary>Gets the options, as help lists them.</summary>
    public static IReadOnlyList<OptionSpecification> All { get; } =
    [
        new() { Name = Quiet, Opposite = "not-quiet", Description = "Suppress unnecessary messages." },
        new()
        {
            Name = DatastoreRoot,
            ValueName = "path",
            Description = "Root folder of the datastore; '.metaflow' in it is used. By default the nearest '.metaflow' upwards.",
        },
        new() { Name = Namespace, ValueName = "text", Description = "Look only at runs of this namespace, as 'user:ada'. By default at all." },
    ];
}
