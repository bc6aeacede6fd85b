using System.Diagnostics;
using Metaflow.Commands;
using Metaflow.Running;
using Metaflow.Settings;

namespace Metaflow.Cli.Commands;

/// <summary>The option of all commands that run tasks: where these run.</summary>
internal static class IsolationOption
{
    private const string Name = "isolation";

    /// <summary>Gets the option.</summary>
    public static OptionSpecification Specification { get; } = new()
    {
        Name = Name,
        ValueName = "place",
        Choices = SettingsLoader.IsolationNames,
        Description =
            "Where tasks run: 'process' starts a process for each; 'in-process' runs them on threads of this one, so that breakpoints are "
                + "hit. By default 'in-process' while a debugger is attached, else 'process'.",
    };

    /// <summary>Gets how many tasks run at once where the command line does not say it: under a debugger one after the other, since
    /// breakpoints of several at a time are confusing; <see langword="null"/> for the usual number.</summary>
    /// <param name="settings">The settings.</param>
    public static int? WorkersOf(MetaflowSettings settings) => settings.RunsInProcess && Debugger.IsAttached ? 1 : null;

    /// <summary>Returns the program with the settings that the option asks for.</summary>
    /// <param name="application">The program.</param>
    /// <param name="line">The command line.</param>
    public static IFlowApplication Apply(IFlowApplication application, ParsedCommandLine line)
        => line.Text(Name) is { } place
            ? application.WithSettings(application.Settings with { Isolation = SettingsLoader.IsolationOf(place) })
            : application;
}
