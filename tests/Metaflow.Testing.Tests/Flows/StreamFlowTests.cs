namespace Metaflow.Testing.Tests.Flows;

/// <summary>Artifacts that are streams, from step to step.</summary>
public sealed class StreamFlowTests
{
    [Fact]
    public async Task A_stream_is_read_in_every_step_and_passed_on_merged_and_renamed_without_a_copy()
    {
        var run = await FlowTest.RunAsync<StreamFlow>(cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(run.Succeeded, run.Error?.Message);
        Assert.Equal(StreamFlow.Content.Sum(static part => part), run.Data.Sum);
        Assert.Equal(StreamFlow.Content, await ReadAsync(run.Data.Model));
        Assert.Equal(StreamFlow.Content, await ReadAsync(run.Data.Best));
        Assert.Equal(StreamFlow.Content, await ReadAsync(run.Data.Twice));
        Assert.Null(run.Data.Missing);
        Assert.Equal(StreamFlow.Content, run.Tasks("end")[0].Untyped.Data.Get<byte[]>("model"));

        var keys = run.Tasks("end").Concat(run.Tasks("start")).Concat(run.Tasks("item"))
            .SelectMany(static task => task.Untyped.Artifacts)
            .Where(static artifact => artifact.Name is "model" or "best" or "twice")
            .Select(static artifact => artifact.Sha);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public async Task Two_readers_of_a_finished_task_do_not_disturb_each_other()
    {
        var run = await FlowTest.RunAsync<StreamFlow>(cancellationToken: TestContext.Current.CancellationToken);
        var data = run.Tasks("end")[0].Untyped.Data;
        var (one, other) = (data.Get<Stream>("model"), data.Get<Stream>("model"));
        Assert.Equal(StreamFlow.Content[0], one.ReadByte());
        Assert.Equal(StreamFlow.Content, await ReadAsync(other));
        Assert.Equal(1, one.Position);
    }

    [Fact]
    public async Task A_step_whose_stream_is_closed_before_it_is_stored_fails_MF4116()
    {
        var run = await FlowTest.RunAsync<ClosedStreamFlow>(cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(run.Succeeded);
        Assert.Contains("MF4116", run.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains("'model'", run.ErrorOutput, StringComparison.Ordinal);
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }
}

/// <summary>Reads a stream in branches and items.</summary>
public partial class StreamFlow : FlowSpec
{
    public static byte[] Content { get; } = [.. Enumerable.Range(0, 200_000).Select(static i => (byte)(i * i))];

    public partial Stream Model { get; set; }

    public partial Stream Best { get; set; }

    public partial Stream Twice { get; set; }

    public partial Stream? Missing { get; set; }

    public partial int Sum { get; set; }

    [Step]
    private Transition Start()
    {
        Model = new MemoryStream(Content);
        Twice = Model;
        Missing = null;
        return Next(Read, Pass);
    }

    [Step]
    private Transition Read()
    {
        for (var round = 0; round < 2; round++)
        {
            // To dispose it frees what it holds; the next one begins anew.
            using var model = Model;
            Sum = 0;
            for (int value; (value = model.ReadByte()) >= 0;)
            {
                Sum += value;
            }
        }

        return Next(Join);
    }

    [Step]
    private Transition Pass() => Next(Join);

    [Step]
    private Transition Join(Inputs<StreamFlow> inputs)
    {
        MergeArtifacts(inputs);
        Best = inputs[0].Model;
        return Next(Split);
    }

    [Step]
    private Transition Split() => Next(Item, forEach: [1, 2]);

    [Step]
    private Transition Item(int item)
    {
        Model.Seek(-item, SeekOrigin.End);
        return Model.ReadByte() == Content[^item] ? Next(Gather) : throw new InvalidOperationException("Another byte was stored.");
    }

    [Step]
    private Transition Gather(Inputs<StreamFlow> inputs)
    {
        MergeArtifacts(inputs);
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}

/// <summary>Closes what is to be stored.</summary>
public partial class ClosedStreamFlow : FlowSpec
{
    public partial Stream Model { get; set; }

    [Step]
    private Transition Start()
    {
        using var stream = new MemoryStream([1, 2, 3]);
        Model = stream;
        return Next(End);
    }

    [Step]
    private void End()
    {
    }
}
