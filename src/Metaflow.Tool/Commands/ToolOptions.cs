using Metaflow.Cli.Parsing;
using Metaflow.Commands;

namespace Metaflow.Tool.Commands;

/// <summary>The options of every command of the tool.</summary>
internal static class ToolOptions
{
    /// <summary>Gets the options, as help lists them.</summary>
    public static IReadOnlyList<OptionSpecification> All { get; } =
    [
        new() { Name = CommandContext.QuietOption, Opposite = "not-quiet", Description = "Print less." },
        new()
        {
            Name = ToolContext.DatastoreRootOption,
            ValueName = "path",
            Description = "Folder that contains the datastore '.metaflow'. By default the nearest '.metaflow' in this folder or above it.",
        },
        new()
        {
            Name = ToolContext.NamespaceOption,
            IsName = true,
            ValueName = "text",
            Description = "Look only at runs of this namespace, such as 'user:ada'. By default at those of all namespaces.",
        },
    ];

    /// <summary>Finds the option that is typed in some way.</summary>
    /// <param name="typed">The typed name, with its dashes.</param>
    public static OptionSpecification? Find(string typed)
        => All.FirstOrDefault(option => option.Dashed == typed || (option.Opposite is { } opposite && "--" + opposite == typed));
}
