#:package SamplePlugins@*
#:property PublishAot=false
using Metaflow;
using SamplePlugins;

return await FlowProgram.RunAsync<OrdersFlow>(args);

/// <summary>Adds up orders, each in the annex. Run it with: run --datastore-root sqlite:orders.db --metadata sqlite</summary>
public partial class OrdersFlow : FlowSpec
{
    [Parameter(Default = 3, Help = "How many orders.")]
    public partial int Count { get; }

    [Parameter(Default = false, Help = "Whether the sum fails.")]
    public partial bool Fails { get; }

    public partial string Place { get; set; }
    public partial int Price { get; set; }
    public partial int Total { get; set; }

    [Step]
    Transition Start() => Next(Order, forEach: Enumerable.Range(1, Count));

    [Step, Annex]
    Transition Order(int number)
    {
        Price = number * 10;
        Place = Environment.CurrentDirectory;
        Console.WriteLine($"order {number} in {Place}");
        return Next(Sum);
    }

    [Step]
    Transition Sum(Inputs<OrdersFlow> inputs)
    {
        MergeArtifacts(inputs, exclude: [nameof(Price)]);
        Total = Fails ? throw new InvalidOperationException("as was asked for") : inputs.Sum(order => order.Price);
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine($"total = {Total}");
}
