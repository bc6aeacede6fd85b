using Metaflow.Cli.Parsing;
using Metaflow.Commands;

namespace Metaflow.Cli.Help;

/// <summary>Says how a command is written.</summary>
internal static class UsageText
{
    /// <summary>Returns the command with what it takes.</summary>
    /// <param name="invocation">How the program is started.</param>
    /// <param name="command">The command.</param>
    public static string Of(string invocation, CommandSpecification command)
    {
        if (command.IsGroup)
        {
            return $"{invocation} {command.Name} COMMAND [OPTIONS] [ARGS]...";
        }

        var arguments = command.Arguments.Select((name, index) => index < command.RequiredArguments ? name : $"[{name}]");
        var text = string.Join(' ', [invocation, command.Name, "[OPTIONS]", .. arguments]);
        return command.LastArgumentRepeats ? text + "..." : text;
    }
}
