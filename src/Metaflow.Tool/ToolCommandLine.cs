using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Running;
using Metaflow.Tool.Commands;

namespace Metaflow.Tool;

/// <summary>The command line of the <c>metaflow</c> tool.</summary>
internal static class ToolCommandLine
{
    /// <summary>Does what a command line asks for.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="streams">The console.</param>
    /// <param name="plugins">The plug-ins whose commands the tool has; those that it ships with by default.</param>
    /// <returns>The exit code; see <see cref="ExitCodes"/>. Errors are printed, not thrown. When the output takes no more, that is said
    /// (MF2104), and the command ends with <see cref="ExitCodes.Failure"/>.</returns>
    public static async Task<int> ExecuteAsync(IReadOnlyList<string> arguments, ConsoleStreams streams, PluginRegistry? plugins = null)
    {
        ProgramPlugins.Add<ToolPlugin>();
        if (arguments is ["complete", "--", RunCommand.Name, _, _, ..])
        {
            return await RunCommand.CompleteAsync(streams, [.. arguments.Skip(3)]).ConfigureAwait(false);
        }

        using var interruption = new RunInterruption();
        return await new ToolCommandHost(streams, interruption, plugins)
            .ExecuteAsync(RunCommand.Separate(arguments)).ConfigureAwait(false);
    }
}
