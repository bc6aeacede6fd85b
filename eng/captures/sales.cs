using Metaflow;

return await FlowProgram.RunAsync<SalesFlow>(args);

/// <summary>Forecasts the sales of each region.</summary>
public partial class SalesFlow : FlowSpec
{
    /// <summary>How many regions there are.</summary>
    [Parameter(Default = 30)]
    public partial int Regions { get; }

    /// <summary>How long a fit takes.</summary>
    [Parameter(Default = 1.0)]
    public partial double Seconds { get; }

    public partial double Forecast { get; set; }

    public partial double Total { get; set; }

    private IEnumerable<string> Names => new[] { "north", "south", "east", "west" }
        .Concat(Enumerable.Range(5, Math.Max(0, Regions - 4)).Select(static number => $"region {number}"))
        .Take(Regions);

    [Step]
    Transition Start() => Next(Fit, forEach: Names);

    [Step, Retry(Times = 1)]
    Transition Fit(string region)
    {
        var index = Current.Index!.Value;
        for (var epoch = 1; epoch <= 10; epoch++)
        {
            Current.Progress.Report(epoch, 10, $"epoch {epoch}");
            Thread.Sleep(TimeSpan.FromSeconds(Seconds / 10));
        }

        if (index % 16 == 3 && Current.Attempt == 0)
        {
            throw new TimeoutException("The warehouse did not answer.");
        }

        // What the script takes away before it resumes the run.
        if (index == 12 && File.Exists("outage"))
        {
            throw new InvalidOperationException($"There are no sales of '{region}'.");
        }

        Forecast = 100 + index;
        if (index % 100 < 4)
        {
            Console.WriteLine($"forecast {Forecast:0.0}");
        }

        return Next(Join);
    }

    [Step]
    Transition Join(Inputs<SalesFlow> inputs)
    {
        Total = inputs.Sum(static input => input.Forecast);
        return Next(Report);
    }

    [Step, Catch]
    Transition Report()
    {
        for (var page = 1; page <= 5; page++)
        {
            Current.Progress.Report(page, 5, $"page {page}");
            Thread.Sleep(TimeSpan.FromSeconds(Seconds / 5));
        }

        return Regions == 30 ? throw new IOException("The printer is out of paper.") : Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"total {Total:0.0}");
}
