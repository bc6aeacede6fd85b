using System.Globalization;
using System.Numerics;
using Metaflow;

return await FlowProgram.RunAsync<ComputeFlow>(args);

/// <summary>Steps that compute for seconds, each in a way of its own: what makes short tasks start faster must not slow these.</summary>
public sealed partial class ComputeFlow : FlowSpec
{
    /// <summary>The only kind of work to do.</summary>
    [Parameter(Default = "all")]
    public partial string Kind { get; }

    public partial double Result { get; set; }

    [Step]
    Transition Start()
    {
        Result = Kind switch
        {
            "loops" => Loops(),
            "generic" => GenericVirtualCalls(),
            "linq" => Linq(),
            "vectors" => Vectors(),
            _ => Loops() + GenericVirtualCalls() + Linq() + Vectors(),
        };
        return Next(End);
    }

    [Step]
    void End() => Console.WriteLine(Result.ToString(CultureInfo.InvariantCulture));

    private static double Loops()
    {
        const int size = 500;
        var left = new double[size][];
        var right = new double[size][];
        for (var i = 0; i < size; i++)
        {
            left[i] = new double[size];
            right[i] = new double[size];
            Array.Fill(left[i], i);
            Array.Fill(right[i], 1.0 / (i + 1));
        }

        var sum = 0.0;
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++)
                {
                    var cell = 0.0;
                    for (var k = 0; k < size; k++)
                    {
                        cell += left[i][k] * right[k][j];
                    }

                    sum += cell;
                }
            }
        }

        return sum;
    }

    private static double GenericVirtualCalls()
    {
        Shape[] shapes = [new Square(), new Circle(), new Line()];
        var sum = 0.0;
        for (var i = 0; i < 150_000_000; i++)
        {
            sum += shapes[i % shapes.Length].Measure(i & 7);
            sum += shapes[i % shapes.Length].Measure((double)(i & 3));
        }

        return sum;
    }

    private static double Linq()
    {
        var numbers = Enumerable.Range(0, 1_000_000).ToArray();
        var sum = 0.0;
        for (var round = 0; round < 40; round++)
        {
            sum += numbers.Where(number => number % 3 != round % 3).Select(number => (number ^ round) * 0.5)
                .GroupBy(value => (int)value & 15).Sum(static group => group.Average());
        }

        return sum;
    }

    private static double Vectors()
    {
        var values = Enumerable.Range(0, 1 << 14).Select(static i => (float)Math.Sin(i)).ToArray();
        var sum = 0.0;
        for (var round = 0; round < 600_000; round++)
        {
            var total = Vector<float>.Zero;
            for (var i = 0; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
            {
                var part = new Vector<float>(values, i);
                total += part * part;
            }

            sum += Vector.Sum(total);
        }

        return sum;
    }

    private abstract class Shape
    {
        public abstract double Measure<T>(T scale)
            where T : INumber<T>;
    }

    private sealed class Square : Shape
    {
        public override double Measure<T>(T scale) => double.CreateTruncating(scale * scale);
    }

    private sealed class Circle : Shape
    {
        public override double Measure<T>(T scale) => 3.14 * double.CreateTruncating(scale);
    }

    private sealed class Line : Shape
    {
        public override double Measure<T>(T scale) => double.CreateTruncating(scale + T.One);
    }
}
