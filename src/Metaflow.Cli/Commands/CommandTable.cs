using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Plugins;

namespace Metaflow.Cli.Commands;

/// <summary>All commands of a program by name: its own, then those of plug-ins. An own command is made only when it is asked for.</summary>
/// <typeparam name="TContext">What the commands work with.</typeparam>
internal sealed class CommandTable<TContext>
    where TContext : CommandContext
{
    private static readonly string[] Last = ["completion", "version", "help"];

    private readonly Func<string, Command<TContext>?> _findOwn;
    private readonly PluginRegistry _registry;
    private readonly IReadOnlyList<string> _all;

    /// <summary>Makes the table.</summary>
    /// <param name="own">The names of the program's own commands in the order of help, sub-commands with their group's before them.</param>
    /// <param name="findOwn">Makes one of them.</param>
    /// <param name="registry">Knows those of plug-ins.</param>
    /// <exception cref="ConfigurationException">MF2048: a plug-in's command has the name of one of the program. MF2110: it has a name that
    /// cannot be.</exception>
    public CommandTable(IReadOnlyList<string> own, Func<string, Command<TContext>?> findOwn, PluginRegistry registry)
    {
        _findOwn = findOwn;
        _registry = registry;
        var added = registry.NamesOf<Command<TContext>>();
        foreach (var name in added)
        {
            CheckName(name);
        }

        _all = [.. own, .. added, .. Last];
        Names = [.. _all.Where(static name => !name.Contains(' ', StringComparison.Ordinal))];
    }

    /// <summary>Gets the names in the order of help, without sub-commands.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Finds a command.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The command, or <see langword="null"/> when there is none of that name.</returns>
    public Command<TContext>? Find(string name) => _findOwn(name) ?? OfPlugin(name);

    /// <summary>Finds a command that a plug-in adds.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The command, or <see langword="null"/> when no plug-in adds one of that name.</returns>
    public Command<TContext>? OfPlugin(string name) => _registry.Find<Command<TContext>>(name);

    /// <summary>Returns the names of a command's sub-commands, with the command's own before them.</summary>
    /// <param name="name">The command's name.</param>
    public IEnumerable<string> Subcommands(string name) => _all.Where(other => other.StartsWith(name + " ", StringComparison.Ordinal));

    private void CheckName(string name)
    {
        var command = OfPlugin(name)!;
        if (_findOwn(name) is not null)
        {
            throw new ConfigurationException(
                ErrorCodes.PluginNameTaken,
                $"A plug-in adds a command '{name}', but Metaflow has a command of that name.",
                $"The command of the plug-in is '{command.GetType().FullName}' in '{command.GetType().Assembly.GetName().Name}'.",
                "Reference another version of the package, or remove the reference.");
        }

        var words = name.Split(' ');
        if (words.Length > 2 || !words.All(PluginCommandRules.IsWord))
        {
            throw PluginCommandRules.Refused(
                name, command.GetType(), "Names are one or two words of lower-case letters, digits and '-', separated by one space.");
        }

        if (words.Length == 2 && Find(words[0]) is null)
        {
            throw PluginCommandRules.Refused(name, command.GetType(), $"It is a part of a command '{words[0]}', which does not exist.");
        }
    }
}
