using System.Globalization;
using Metaflow.Cli.Terminal;
using Metaflow.Naming;
using Metaflow.Running;

namespace Metaflow.Cli.Views;

/// <summary>Says how far the search, the storage and the unpacking of packages is.</summary>
internal static class PackageLine
{
    /// <summary>Returns the live line of a phase. It is never wider than the columns.</summary>
    /// <param name="progress">How far the phase is.</param>
    /// <param name="signs">The signs of the terminal.</param>
    /// <param name="columns">The columns that there are.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<StyledText> Live(RunEvent.PackageProgress progress, TerminalSigns signs, int columns, DateTimeOffset now)
    {
        var text = Text(progress);
        List<StyledText> line = [new($"{ProgressBar.Spinner(signs, now)} ", TextStyle.Status)];
        var bar = Math.Min(ProgressBar.Longest, columns - TextWidth.Of(text) - 3);
        if (progress.AllBytes > 0 && bar >= ProgressBar.Shortest)
        {
            var fraction = Math.Clamp((double)progress.Bytes / progress.AllBytes, 0, 1);
            line.AddRange(ProgressBar.Of(signs, fraction, bar, TextStyle.Status));
            line.Add(" ");
        }

        line.Add(text);
        return ProgressBar.Cut(line, columns, signs);
    }

    /// <summary>Returns how far a phase is, in words.</summary>
    /// <param name="progress">How far it is.</param>
    public static string Text(RunEvent.PackageProgress progress) => progress.Phase == PackagePhase.Finding
        ? "Looking for packages"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{WordsOf(progress.Phase).Now} packages: {progress.Packages} of "
                + $"{progress.AllPackages}, {AmountText.Size(progress.Bytes)} of {AmountText.Size(progress.AllBytes)}");

    /// <summary>Returns what stays of a phase.</summary>
    /// <param name="progress">How far it is.</param>
    /// <returns>A sentence; <see langword="null"/> while it is not over, and where nothing came of it.</returns>
    public static string? Last(RunEvent.PackageProgress progress) => progress is { IsOver: true, AllPackages: > 0 }
        && progress.Packages == progress.AllPackages
            ? $"{WordsOf(progress.Phase).Done} {AmountText.Count(progress.AllPackages, "package")} "
                + $"({AmountText.Size(progress.AllBytes)})."
            : null;

    private static (string Now, string Done) WordsOf(PackagePhase phase) => phase switch
    {
        PackagePhase.Storing => ("Storing", "Stored"),
        PackagePhase.Comparing => ("Comparing", "Compared"),
        _ => ("Unpacking", "Unpacked"),
    };
}
