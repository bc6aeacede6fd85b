using Metaflow.Commands;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>The commands of environments.</summary>
internal static class EnvironmentGroup
{
    /// <summary>Gets the command that groups them.</summary>
    public static Command<ToolContext> Command => new CommandGroup<ToolContext>(
        "Resolve, create, show and name environments with packages of NuGet.",
        "environment resolve --requirement requirements.txt --alias team/training:v1",
        "environment list");

    /// <summary>Returns a command.</summary>
    /// <param name="name">Its name, with that of the group.</param>
    /// <returns>The command; <see langword="null"/> if it is not one of environments.</returns>
    public static Command<ToolContext>? Find(string name) => name switch
    {
        "environment resolve" => new EnvironmentResolveCommand(),
        "environment create" => new EnvironmentCreateCommand(),
        "environment show" => new EnvironmentShowCommand(),
        "environment get" => new EnvironmentGetCommand(),
        "environment alias" => new EnvironmentAliasCommand(),
        "environment list" => new EnvironmentListCommand(),
        "environment delete" => new EnvironmentDeleteCommand(),
        "environment gc" => new EnvironmentCleanupCommand(),
        "environment export" => new EnvironmentExportCommand(),
        _ => null,
    };
}
