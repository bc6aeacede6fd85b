using Metaflow.Commands;
using Metaflow.Errors;

namespace Metaflow.Cli.Commands;

/// <summary>What a command of a plug-in must keep to, so that what users type means one thing.</summary>
internal static class PluginCommandRules
{
    private static readonly string[] Reserved = ["help", "version"];

    /// <summary>Returns whether a text can be a word of a command, or the name of an option.</summary>
    public static bool IsWord(string text)
        => text is [>= 'a' and <= 'z', ..] && text[^1] != '-'
            && text.All(static letter => letter is '-' or (>= 'a' and <= 'z') or (>= '0' and <= '9'));

    /// <summary>Checks what a command accepts.</summary>
    /// <param name="command">What it accepts.</param>
    /// <param name="common">The options of every command.</param>
    /// <param name="type">The command's class.</param>
    /// <exception cref="ConfigurationException">MF2110: an option or an argument cannot be.</exception>
    public static void Check(CommandSpecification command, IReadOnlyList<OptionSpecification> common, Type type)
    {
        var taken = common.SelectMany(NamesOf).Concat(Reserved).ToHashSet(StringComparer.Ordinal);
        foreach (var option in command.Options.Where(static option => option.Parameter is null))
        {
            foreach (var name in NamesOf(option))
            {
                if (!IsWord(name))
                {
                    throw Refused(command.Name, type, $"The name of its option '{name}' has to be small letters, digits and '-'.");
                }

                if (!taken.Add(name))
                {
                    throw Refused(
                        command.Name, type, $"Its option '--{name}' has the name of another option of the command, or of every command.");
                }
            }
        }

        if (command.Options.FirstOrDefault(option => option.Parameter is not null
            && command.Options.Any(other => other.Parameter is null && NamesOf(other).Contains(option.Name))) is { } parameter)
        {
            throw Refused(command.Name, type, $"Its option '--{parameter.Name}' has the name of a parameter of the flow.");
        }

        if (command.RequiredArguments > command.Arguments.Count || (command.LastArgumentRepeats && command.Arguments.Count == 0))
        {
            throw Refused(command.Name, type, "It requires arguments that it does not name.");
        }
    }

    /// <summary>Returns the error of a command that cannot be.</summary>
    public static ConfigurationException Refused(string name, Type type, string why) => new(
        ErrorCodes.PluginCommandRefused,
        $"The command '{name}' of a plug-in is invalid.",
        why,
        $"It is '{type.FullName}' of '{type.Assembly.GetName().Name}': inform its author, and use another version of the "
            + "package until it is fixed.");

    private static IEnumerable<string> NamesOf(OptionSpecification option)
        => option.Opposite is { } opposite ? [option.Name, opposite] : [option.Name];
}
