using System.Diagnostics;
using System.Globalization;

namespace Metaflow.Benchmarks;

/// <summary>Whole processes from start to end, in turn; the first command is what the others are compared with. Processor time counts what
/// they started, too.</summary>
internal static class CommandBenchmarks
{
    // New processes have nothing to warm up but the system's cache of files.
    private const int WarmUps = 1;

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
            var processor = new List<double>[named.Count];
            var medians = Comparison.Medians(rounds, WarmUps, named.Select(Action (command, index) => () =>
            {
                var before = ProcessorTime();
                RunOnce(command[1], folder.FullName);
                (processor[index] ??= []).Add(ProcessorTime() - before);
            }).ToList());
            for (var i = 0; i < medians.Length; i++)
            {
                var used = processor[i].Order().ElementAt(processor[i].Count / 2);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{named[i][0],-32} {medians[i],10:F1} ms {medians[i] / medians[0],8:F2} x {used,10:F0} ms of a processor"));
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Returns what the processes that have ended used, with what they waited for, in milliseconds; to 10 ms. 0 where the system
    /// does not tell.</summary>
    private static double ProcessorTime()
    {
        const string File = "/proc/self/stat";
        const int UserTime = 13;
        if (!System.IO.File.Exists(File))
        {
            return 0;
        }

        // The second field, the name, may have blanks.
        var text = System.IO.File.ReadAllText(File);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return 10 * (double.Parse(fields[UserTime], CultureInfo.InvariantCulture)
            + double.Parse(fields[UserTime + 1], CultureInfo.InvariantCulture));
    }

    private static void RunOnce(string command, string folder)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
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
