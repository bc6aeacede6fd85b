using System.Diagnostics;
using System.Globalization;

namespace Metaflow.Benchmarks;

/// <summary>Whole processes from start to end, in turn; the first command is what the others are compared with.</summary>
internal static class CommandBenchmarks
{
    public static int Run(int rounds, IReadOnlyList<string> commands)
    {
        var named = commands.Select(static command => command.Split('=', 2)).ToList();
        if (named.Any(static command => command.Length != 2))
        {
            Console.Error.WriteLine("Each command is written as NAME=COMMAND.");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("metaflow-bench-");
        try
        {
            var medians = Comparison.Medians(rounds, named.Select(Action (command) => () => RunOnce(command[1], folder.FullName)).ToList());
            for (var i = 0; i < medians.Length; i++)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{named[i][0],-32} {medians[i],10:F1} ms {medians[i] / medians[0],8:F2} x"));
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void RunOnce(string command, string folder)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0], words[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["METAFLOW_USER"] = "bench";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{command}' ended with {process.ExitCode}:\n{output}{error.GetAwaiter().GetResult()}");
        }
    }
}
